"""The round that asks the systems about work items: whose word is kept, what the log says, and where it breaks off."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from agents.connections.models import Connection
from agents.connectors.base import ConnectorError, Item, Verification
from agents.gate import outcomes
from agents.queue.models import Call
from agents.registry.models import AgentPersonShare, AgentTeamShare
from metering.outcomes.claims import LONGEST_TITLE
from metering.outcomes.models import WorkItem
from portal.audit.models import Entry
from tests import builders
from tests.agents.gated import Scene, here  # noqa: F401
from tests.agents.test_gate_outcomes import look, numbered

pytestmark = pytest.mark.django_db


def broken(text: str):
    def breaks(*arguments: object) -> None:
        raise ConnectorError(text)

    return breaks


def asked_at() -> list[bool]:
    return [
        one is not None for one in WorkItem.objects.order_by("id").values_list("system_asked_at", flat=True)
    ]


def ticking(monkeypatch, *seconds: float) -> None:
    """What the clock says, one time after the other."""
    said = iter(seconds)
    monkeypatch.setattr(outcomes, "time", SimpleNamespace(monotonic=lambda: next(said)))


def test_what_a_call_brought_is_its_tasks_with_a_title_that_fits(here, monkeypatch):
    brought = (Item("b-2", "long" * 99), Item("a-1", "nul\x00"))
    of_result = lambda self, context, result: brought if result.data else ()  # noqa: E731
    monkeypatch.setattr(type(here.box.connector), "items", of_result)
    here.call("mail.list")
    first, second = WorkItem.objects.order_by("id")
    assert (first.external_id, first.title) == ("a-1", "nul\ufffd"), "in the order in which they are locked"
    assert second.title == ("long" * 99)[:LONGEST_TITLE]
    assert (first.system_name, first.connection_id, first.changed) == ("Support mailbox", here.box.pk, True)


def test_what_names_no_item_is_in_the_log(here, monkeypatch, caplog):
    kind = type(here.box.connector)
    monkeypatch.setattr(kind, "items", lambda self, context, result: (Item("--"), Item("fine")))
    row = here.call("mail.list")
    (message,) = caplog.messages
    assert message.startswith(f"{here.box.connector.title} names a work item that is none: ")
    assert WorkItem.objects.get().external_id == "fine"
    caplog.clear()
    monkeypatch.setattr(kind, "items", broken("odd"))
    assert here.call("mail.list").state == Call.State.DONE
    assert caplog.messages == [f"What {row} brought cannot be told"]


def test_what_a_person_added_by_hand_counts_where_the_system_names_them(here, monkeypatch):
    said = {"item-0": Verification(timezone.now())}
    numbered(here, monkeypatch, 1, said)
    WorkItem.objects.update(by_hand=True)
    for name in ("", "x@example.com", here.cast.lea.email):
        said["item-0"] = Verification(timezone.now(), by=name)
        assert (look(), WorkItem.objects.get().verified_at) == (0, None), name
    since = timezone.now()
    said["item-0"] = Verification(since, by=here.cast.mia.email.upper())
    assert (look(), WorkItem.objects.get().verified_at) == (1, since)


def test_what_was_undone_is_kept_with_its_time_and_words_and_only_where_it_is_news(here, monkeypatch):
    now, minute = timezone.now(), timedelta(minutes=1)
    said = {"item-0": Verification(now - 9 * minute, reversed_at=now, note="back\x00")}
    numbered(here, monkeypatch, 1, said)
    assert outcomes.verify_due() == 1
    item = WorkItem.objects.get()
    assert (item.verified_at, item.reversed_at, item.reversal_note) == (now - 9 * minute, now, "back\ufffd")
    assert {entry.actor_name for entry in Entry.objects.about(item)} == {str(here.agent), "Support mailbox"}
    kept = []
    for moment in (now + minute, now, now - minute):
        word = Verification(now, reversed_at=moment, note=str(moment))
        assert outcomes._store("x", WorkItem.objects.get(), word) == 1
        kept.append(WorkItem.objects.get().reversal_note)
    assert kept == ["back\ufffd", "back\ufffd", str(now - minute)]


def test_the_log_says_what_was_not_asked_and_why(here, monkeypatch, caplog):
    said = {"item-0": RuntimeError("odd"), "item-2": Verification(timezone.now() - timedelta(days=9))}
    numbered(here, monkeypatch, 3, said)
    items = list(WorkItem.objects.order_by("id"))
    assert outcomes.verify_due() == 0
    odd, refused = caplog.messages
    assert odd == f"{items[0]} was not asked about: odd"
    assert refused == f"{items[2]}: It was done before its task was queued."
    caplog.clear()
    monkeypatch.setattr(type(here.box.connector), "check", broken("gone"))
    assert look() == 0
    assert caplog.messages == ["Support mailbox was not asked about work items: gone"]
    caplog.clear()
    monkeypatch.setattr(Connection, "context", broken("no secret"))
    assert look() == 0
    assert caplog.messages == ["Support mailbox was not asked about work items: no secret"]


def test_a_round_ends_in_time_and_the_others_are_next(here, monkeypatch):
    asked = numbered(here, monkeypatch, 3)
    ticking(monkeypatch, 0, 60, 60, 60.1)
    outcomes.verify_due()
    assert (asked, asked_at()) == (["item-0"], [True, True, True]), "each had its turn"
    WorkItem.objects.update(system_asked_at=None)
    ticking(monkeypatch, 0, 60.1)
    assert outcomes.verify_due() == 0
    assert (len(asked), asked_at()) == (1, [False, False, False])


def test_nothing_is_asked_for_who_may_not_use_the_agent_or_the_mailbox(here, monkeypatch):
    asked = numbered(here, monkeypatch, 1)
    for owner, asks in ((here.cast.lea, 0), (here.cast.mia, 1)):
        Connection.objects.filter(pk=here.box.pk).update(person=owner, team=None)
        look()
        assert len(asked) == asks
    AgentPersonShare.objects.all().delete()
    AgentTeamShare.objects.all().delete()
    look()
    assert len(asked) == 1


def test_each_agent_needs_its_own_live_grant_and_each_connection_is_asked_apart(here, monkeypatch):
    asked = numbered(here, monkeypatch, 3, {f"item-{n}": Verification(timezone.now()) for n in range(3)})
    first, second, _ = WorkItem.objects.order_by("id")
    other = builders.agent(here.cast.mia, here.cast.support, name="Other")
    place = builders.mail(here.cast.ada, here.cast.support, name="Other mailbox")
    WorkItem.objects.filter(pk=first.pk).update(agent_id=other.pk)
    WorkItem.objects.filter(pk=second.pk).update(connection_id=place.pk)
    assert look() == 1
    assert asked == ["item-2"]
    builders.grant(other, here.box, "mail.read", by=here.cast.ada)
    builders.grant(here.agent, place, "mail.read", by=here.cast.ada)
    WorkItem.objects.update(system_asked_at=None)
    assert outcomes.verify_due() == 3
    assert asked_at() == [True] * 3
    assert asked[1:] == ["item-0", "item-2", "item-1"]
