"""How a decision is written down: one use of its grant, taken while that lives, and nothing decided twice."""

from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from agents.approvals import actions as approvals
from agents.approvals.models import Approval
from agents.connectors import connectors
from agents.connectors.chat.models import ChatMessage
from agents.gate import calling, deciding, digest
from agents.grants.models import Grant
from agents.lifecycle.stops import set_stop
from agents.queue.models import Call
from agents.stops.models import Stop
from portal.audit.models import Entry
from portal.reasons import because
from tests.agents.gated import Died, Scene, here, strange  # noqa: F401

pytestmark = pytest.mark.django_db
S = Call.State


def said(row: Call) -> tuple[str, list[str]]:
    return row.state, [reason["code"] for reason in row.reasons]


def test_equal_calls_have_equal_digests_whatever_the_order_of_their_arguments():
    one = digest("mail.draft", 1, {"to": ["a"], "text": "b"})
    assert one == digest("mail.draft", 1, {"text": "b", "to": ["a"]})
    others = [
        digest("mail.label", 1, {"to": ["a"], "text": "b"}),
        digest("mail.draft", 2, {"to": ["a"], "text": "b"}),
        digest("mail.draft", None, {"to": ["a"], "text": "b"}),
        digest("mail.draft", 1, {"to": ["a"], "text": "c"}),
    ]
    assert len({one, *others}) == 5


def test_a_model_that_names_things_without_end_is_still_written_down(here):
    row = deciding.decide_new(
        Call(task=here.task, step=here.step, position=1, capability="x", digest="0" * 64, key=uuid4())
    )
    assert said(row) == (S.DENIED, ["unknown"])
    long = here.repeat(2, "x" * 300, None, {})
    assert (long.capability, long.tool_name) == ("x" * 80, "x" * 120)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"max_uses": 1, "used": 1}, "uses_spent"),
        ({"ends_at": -1}, "grant_ended"),
        ({"state": Grant.State.REVOKED}, "grant_inactive"),
    ],
)
def test_a_grant_that_ends_after_it_was_read_gives_no_use(here, monkeypatch, change, code):
    reads = deciding.facts
    if "ends_at" in change:
        change = {"ends_at": timezone.now() - timedelta(seconds=1)}

    def and_then(row: Call):
        found = reads(row)
        Grant.objects.filter(capability="mail.list").update(**change)
        return found

    monkeypatch.setattr(deciding, "facts", and_then)
    row = here.call("mail.list")
    assert said(row) == (S.DENIED, [code])
    assert (row.started_at, here.grant("mail.list").used) == (None, change.get("used", 0))


def test_a_grant_that_cannot_be_used_at_any_try_means_no(here, monkeypatch):
    tried = []
    monkeypatch.setattr(deciding, "_use", lambda row, grant, now: tried.append(grant))
    row = here.call("mail.list")
    assert said(row) == (S.DENIED, ["grant_changed"])
    assert (row.grant, tried) == (None, [here.grant("mail.list").pk] * 3)


def test_the_last_use_of_a_grant_is_one(here):
    Grant.objects.filter(capability="mail.list").update(max_uses=1)
    before = timezone.now()
    assert here.call("mail.list").state == S.DONE
    assert before <= here.grant("mail.list").last_used_at <= timezone.now()
    assert said(here.call("mail.list")) == (S.DENIED, ["uses_spent"])
    assert here.grant("mail.list").used == 1


def test_who_comes_late_decides_nothing_and_is_told_how_it_stands(here):
    row = here.post()
    approvals.answer(here.cast.mia, row.approval, yes=True)
    late = Call.objects.get(pk=row.pk)
    assert here.post("Another").state == S.ASKED
    assert here.again(row).state == S.DONE
    assert deciding.decide_anew(late).state == S.DONE
    assert (ChatMessage.objects.count(), here.grant("chat.post").used) == (1, 1)


def test_a_yes_is_marked_as_used_when_it_was(here):
    row = here.post()
    approvals.answer(here.cast.mia, row.approval, yes=True)
    stop = set_stop(here.cast.ada, scope=Stop.Scope.EVERYTHING, why="a drill")
    assert here.again(row).state == S.DENIED
    assert Approval.objects.get().used_at is None
    Stop.objects.filter(pk=stop.pk).delete()
    before, second = timezone.now(), here.post("Another")
    approvals.answer(here.cast.mia, second.approval, yes=True)
    assert here.again(second).approval.used_at > before
    decided = Entry.objects.filter(event__in=["call.asked", "call.denied", "call.allowed"])
    assert {entry.actor_name for entry in decided} == {str(here.agent)}


def test_an_ask_without_a_yes_lets_nothing_happen_whoever_decides_anew(here):
    row = here.post()
    approvals.answer(here.cast.mia, row.approval, yes=False)
    with pytest.raises(ValidationError, match="exists already"), transaction.atomic():  # a call has one ask
        deciding.decide_anew(Call.objects.get(pk=row.pk))
    assert here.again(row).state == S.REFUSED
    assert not ChatMessage.objects.exists()


def test_a_yes_of_somebody_who_may_not_give_it_any_more_is_refused_by_name(here):
    row = here.post()
    approvals.answer(here.cast.mia, row.approval, yes=True)
    Approval.objects.update(answered_by=here.cast.olga)
    row = here.again(row)
    assert (row.state, row.verdict) == (S.DENIED, "deny")
    assert row.reasons == [because("answerer_barred", who="Olga Petrova")]
    assert not ChatMessage.objects.exists()


def test_a_closed_ask_is_told_with_its_reason(here):
    row, other = here.post(), here.post("Another")
    why = because("ask_grant_ended", state="revoked")
    Approval.objects.filter(call=row).update(state=Approval.State.CANCELLED, why_dead=why)
    Approval.objects.filter(call=other).update(state=Approval.State.CANCELLED)
    row, other = here.again(row), here.again(other)
    assert (row.state, row.summary, row.ending) == (S.REFUSED, "", because("ask_closed", why=why))
    assert other.ending == because("ask_closed", why=because("call_not_waited_for"))
    assert here.again(row).finished_at == row.finished_at


def interrupted(here: Scene, monkeypatch) -> Call:
    """A call whose worker died before it did anything."""
    connector, place = strange(here.cast, here.agent, monkeypatch)

    def dies(context):
        raise Died

    connector.performs = dies
    with pytest.raises(Died):
        here.call("strange.write", on=place)
    return Call.objects.get()


def test_a_stop_in_between_is_confirmed_when_the_interrupted_call_is_refused(
    here, monkeypatch, django_capture_on_commit_callbacks
):
    row = interrupted(here, monkeypatch)
    stop = set_stop(here.cast.ada, scope=Stop.Scope.CONNECTION, connection=row.connection, why="a drill")
    assert stop.confirmed_at is None
    with django_capture_on_commit_callbacks(execute=True):
        assert here.again(row).state == S.DENIED
    stop.refresh_from_db()
    assert stop.confirmed_at


def test_who_waited_for_another_process_finds_what_it_did(here, monkeypatch):
    row = interrupted(here, monkeypatch)
    connectors()["strange"].reconciles = lambda context: pytest.fail("it was asked about")

    @contextmanager
    def waits(row: Call):
        Call.objects.filter(pk=row.pk).update(state=S.DONE)
        yield

    monkeypatch.setattr(calling, "lock_call", waits)
    assert here.again(row).state == S.DONE
    assert here.grant("strange.write").used == 1


def test_a_use_that_was_not_taken_is_not_given_back(here, monkeypatch):
    row = interrupted(here, monkeypatch)
    Grant.objects.filter(capability="mail.list").update(used=1)
    Grant.objects.filter(pk=row.grant_id).update(used=0, state=Grant.State.REVOKED)
    assert here.again(row).state == S.DENIED
    assert Grant.objects.get(pk=row.grant_id).used == 0
    assert here.grant("mail.list").used == 1, "nor another's"
