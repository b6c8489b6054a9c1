"""The round that looks at what was only written down: what is due, in which order, when it ends, what it logs."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agents.connections.models import Connection
from agents.connectors.base import ConnectorError, Observed
from agents.gate import shadow_observer
from agents.gate.shadow_observer import due, observe_due
from agents.queue.models import Call, Task
from agents.queue.states import TaskState
from tests.agents.gated import Scene
from tests.agents.shadowed import watched, written
from tests.cast import Cast

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def here(cast: Cast, monkeypatch) -> Scene:
    return watched(cast, monkeypatch)


def kept(row: Call) -> dict | None:
    row.refresh_from_db()
    return row.observed


def test_as_it_is_written_down_it_is_looked_at_once(here, caplog):
    here.says = {"seen": Observed("odd \x00", True), "blind": None, "bad": ConnectorError("gone")}
    seen, blind, bad = (
        here.call("strange.write", on=here.place, text=text) for text in ("seen", "blind", "bad")
    )
    before = {"text": "odd \ufffd", "same": True}
    assert kept(seen) == {"text": "odd \ufffd", "same": None, "before": before}
    assert kept(blind) is kept(bad) is None
    assert [row.observed_at is None for row in (seen, blind, bad)] == [False, False, True]
    assert caplog.messages == [f"{bad} was not looked at when it was written down: gone"]
    assert here.again(seen).state == Call.State.WOULD
    assert len(here.looked) == 3


def test_a_look_keeps_what_is_new_beside_what_was_before(here):
    one, two, three = written(here, "one", "two", "three")
    Call.objects.filter(pk=three.pk).update(observed=None)
    here.says = {
        "one": Observed("changed\x00", False),
        "two": Observed("as before", True),
        "three": Observed("x", True),
    }
    asked = timezone.now()
    assert observe_due() == 3
    before = {"text": "as before", "same": None}
    assert kept(one) == {"text": "changed\ufffd", "same": False, "by_agent": False, "before": before}
    assert kept(two) == {"text": "as before", "same": None, "by_agent": False, "before": before}
    assert kept(three) == {"text": "x", "same": True, "by_agent": False}
    assert one.observed_at >= asked
    Call.objects.filter(pk=one.pk).update(state=Call.State.FAILED)
    assert shadow_observer._store(one, Observed("late"), by_agent=False) == 0


def test_the_longest_unseen_come_first_and_a_round_is_bounded(here, monkeypatch):
    one, two, three = written(here, "one", "two", "three")
    Call.objects.filter(pk=two.pk).update(observed_at=None)
    Call.objects.filter(pk=three.pk).update(observed_at=timezone.now() - timedelta(days=1))
    assert list(due()) == [two, three, one]
    monkeypatch.setattr(shadow_observer, "AT_MOST", 2)
    assert observe_due(here.agent.pk + 1) == 0
    assert observe_due(here.agent.pk) == 2
    assert {text for _, _, text in here.looked} == {"two", "three"}
    Call.objects.update(observed_at=None)
    assert list(due()) == [one, two, three]


def test_a_call_more_is_one_query_more(here):
    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            observe_due()
        return len(counted)

    one, *_ = written(here, "one", "two", "three")
    Call.objects.exclude(pk=one.pk).update(observed_at=timezone.now())
    first = queries()
    Call.objects.update(observed_at=timezone.now() - timedelta(hours=1))
    assert queries() == first + 2


def test_a_call_that_nobody_declares_any_more_is_in_no_others_way(here):
    gone, _ = written(here, "one", "two")
    Call.objects.filter(pk=gone.pk).update(capability="strange.gone")
    assert observe_due() == 2


def test_a_round_ends_in_time(here, monkeypatch):
    written(here, "one", "two")
    clock = iter([0, 60, 60.1])
    monkeypatch.setattr(shadow_observer, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    assert observe_due() == 1
    assert len(here.looked) == 1


def test_the_log_says_what_was_not_looked_at_and_the_others_go_on(here, monkeypatch, caplog):
    label = here.call("mail.label", message=here.message(), label="Invoices")
    one, two = written(here, "bad", "two")
    here.says = {"bad": ValueError("odd")}
    assert observe_due() == 3
    assert caplog.messages == [f"Call {one.pk} was not looked at: odd"]
    assert (kept(one)["text"], kept(two)["text"]) == ("as before", "as before")
    caplog.clear()
    written(here)
    monkeypatch.setattr("tests.agents.gated.Strange.check", lambda self, connection: connection.id / 0)
    assert observe_due() == 1, "the mailbox"
    assert caplog.messages == ["Strange was not looked at: division by zero"]
    assert [text for _, _, text in here.looked] == ["bad"]
    caplog.clear()
    written(here)
    monkeypatch.setattr(Connection, "context", lambda self: 1 / 0)
    assert observe_due() == 0
    assert caplog.messages == [
        f"{place} was not looked at: division by zero" for place in (here.box, here.place)
    ]
    assert label.state == Call.State.WOULD


def test_what_an_agent_did_to_the_same_thing_since_is_nobodys_hand(here):
    """The same capability, connection and thing, done after the call was written down; nothing else."""
    message = here.message()
    row, other = (here.call("mail.label", message=one, label="Invoices") for one in (message, "another"))
    Task.objects.update(state=TaskState.SUCCEEDED)

    def by_agent(**changes: object) -> bool:
        done = Call.objects.get(pk=other.pk)
        done.pk, done.key, done.position, done.arguments = None, None, 99, {"message": message, "label": "x"}
        done.state, done.finished_at = Call.State.DONE, timezone.now()
        for name, value in changes.items():
            setattr(done, name, value)
        done.key = uuid4()
        done.save(force_insert=True)
        Call.objects.filter(pk=row.pk).update(observed_at=timezone.now() - timedelta(hours=1))
        observe_due()
        Call.objects.filter(pk=done.pk).delete()
        return kept(row)["by_agent"]

    assert by_agent()
    assert not by_agent(arguments={"message": "another"})
    assert not by_agent(capability="mail.move")
    assert not by_agent(connection=here.place)
    assert not by_agent(state=Call.State.FAILED)
    assert not by_agent(finished_at=row.decided_at)
    assert not by_agent(finished_at=row.decided_at - SECOND)
