"""Asks at the gate: a yes counts once, for exactly what was asked, while its grant lives; no means no."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from agents.approvals import actions as approvals
from agents.approvals.models import Approval
from agents.connectors.chat.models import ChatMessage
from agents.grants.actions import Terms
from agents.grants.models import Grant
from agents.lifecycle.agents import pause_agent
from agents.lifecycle.grants import revoke_grant
from agents.lifecycle.stops import set_stop
from agents.lifecycle.tasks import cancel_task
from agents.queue.keys import digest
from agents.queue.models import Call
from agents.registry import actions as registry
from agents.stops.models import Stop
from portal.audit.models import Entry
from portal.reasons import render_reason
from tests import builders
from tests.agents.gated import Scene, here  # noqa: F401

pytestmark = pytest.mark.django_db
S = Call.State


def answered(here: Scene, row: Call, *, yes: bool = True, note: str = "") -> Approval:
    return approvals.answer(here.cast.mia, row.approval, yes=yes, note=note)


def code(row: Call) -> str:
    return row.reasons[0]["code"]


def test_a_yes_lets_the_call_happen_once(here):
    row = here.post()
    answered(here, row)
    row = here.again(row)
    assert (row.state, row.verdict, code(row)) == (S.DONE, "allow", "approved")
    assert render_reason(row.reasons[0]) == "Mia Park allowed this one call."
    assert row.approval.used_at
    assert (ChatMessage.objects.count(), row.grant.used) == (1, 1)
    again = here.again(row)
    assert (again.finished_at, ChatMessage.objects.count()) == (row.finished_at, 1)


def test_a_yes_that_was_used_cannot_be_used_again_by_turning_the_row_back(here):
    row = here.post()
    answered(here, row)
    here.again(row)
    Call.objects.filter(pk=row.pk).update(state=S.ASKED, key="12345678123456781234567812345678")
    row = here.again(row)
    assert (row.state, code(row)) == (S.DENIED, "ask_outdated")
    assert (ChatMessage.objects.count(), here.grant("chat.post").used) == (1, 1)


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (None, "is already waiting for an answer"),
        (False, "already said no to this call"),
    ],
)
def test_what_waits_or_was_refused_is_not_asked_again(here, answers, words):
    row = here.post()
    if answers is not None:
        answered(here, row, yes=answers)
        here.again(row)
    second = here.post()
    assert (second.state, code(second)) == (S.DENIED, "asked_before")
    assert words in render_reason(second.reasons[0])
    assert (Approval.objects.count(), ChatMessage.objects.count()) == (1, 0)


def test_a_no_closes_the_call_with_the_note(here):
    row = here.post()
    answered(here, row, yes=False, note="not today")
    row = here.again(row)
    assert (row.state, row.outcome) == (S.REFUSED, "Mia Park said no: not today.")
    assert here.again(row).state == S.REFUSED
    assert not ChatMessage.objects.exists()


def test_no_answer_in_time_means_no(here):
    row = here.post()
    Approval.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(ValidationError, match="closed without an answer"):
        answered(here, row)
    assert here.again(row).state == S.ASKED
    approvals.expire("Agent Portal", row.approval)
    row = here.again(row)
    assert (row.state, row.outcome) == (S.REFUSED, "Nobody answered in time, which means no.")
    assert not ChatMessage.objects.exists()


TAMPERED = {
    "another reader": lambda row: {"arguments": {**row.arguments, "to": "olga.petrova@example.com"}},
    "another text": lambda row: {"arguments": {**row.arguments, "text": "Send me money"}},
    "one more space": lambda row: {"arguments": {**row.arguments, "text": "Hello "}},
}


@pytest.mark.parametrize("how", TAMPERED)
def test_a_yes_holds_for_exactly_these_arguments(here, how):
    row = here.post()
    answered(here, row)
    Call.objects.filter(pk=row.pk).update(**TAMPERED[how](row))
    row = here.again(row)
    assert (row.state, code(row)) == (S.DENIED, "ask_outdated")
    assert not ChatMessage.objects.exists()
    assert here.grant("chat.post").used == 0


def test_a_yes_holds_for_this_connection_only(here):
    other = builders.chat(here.cast.ada, here.cast.support, name="Another chat")
    builders.grant(here.agent, other, "chat.post", by=here.cast.ada, terms=Terms(always_ask=True))
    row = here.post()
    answered(here, row)
    row.connection, row.digest = other, digest(row.capability, other.pk, row.arguments)
    row.save()
    assert code(here.again(row)) == "ask_outdated"


def test_a_yes_holds_for_this_version_of_the_grant_only(here):
    row = here.post()
    answered(here, row)
    Grant.objects.filter(pk=row.grant_id).update(version=9)
    row = here.again(row)
    assert (row.state, code(row)) == (S.DENIED, "ask_outdated")
    assert not ChatMessage.objects.exists()


def test_a_yes_does_not_move_to_another_grant(here):
    row = here.post()
    answered(here, row)
    revoke_grant(here.cast.ada, row.grant)
    builders.grant(here.agent, here.chat, "chat.post", by=here.cast.ada, terms=Terms(always_ask=True))
    assert code(here.again(row)) == "ask_outdated"


def test_what_needs_no_yes_any_more_is_not_refused_for_having_had_one(here):
    here.grant("mail.draft").delete()
    builders.grant(here.agent, here.box, "mail.draft", by=here.cast.ada, terms=Terms(always_ask=True))
    row = here.draft()
    builders.grant(here.agent, here.box, "mail.draft", by=here.cast.ada)
    answered(here, row)
    row = here.again(row)
    assert (row.state, code(row), len(here.drafts())) == (S.DONE, "granted", 1)


AGAINST = {
    "revoked": (lambda s: revoke_grant(s.cast.ada, s.grant("chat.post")), "grant_inactive"),
    "spent": (
        lambda s: Grant.objects.filter(capability="chat.post").update(max_uses=1, used=1),
        "uses_spent",
    ),
    "stopped": (lambda s: set_stop(s.cast.ada, scope=Stop.Scope.EVERYTHING, why="no"), "stopped"),
    "paused": (lambda s: pause_agent(s.cast.mia, s.agent), "stopped"),
}


@pytest.mark.parametrize("why", AGAINST)
def test_what_happened_after_the_yes_counts(here, why):
    happens, expected = AGAINST[why]
    row = here.post()
    answered(here, row)
    happens(here)
    row = here.again(row)
    assert (row.state, code(row)) == (S.DENIED, expected)
    assert not ChatMessage.objects.exists()


def test_an_agent_in_shadow_by_then_only_notes_it(here):
    row = here.post()
    answered(here, row)
    registry.go_shadow(here.cast.mia, here.agent)
    assert here.again(row).state == S.WOULD
    assert not ChatMessage.objects.exists()


def test_the_decision_after_the_answer_is_one_entry_more(here):
    row = here.post()
    answered(here, row)
    here.again(row)
    events = list(Entry.objects.filter(target_id=row.pk, target_type="call").values_list("event", flat=True))
    assert sorted(events) == ["call.allowed", "call.asked"]


def test_asks_of_a_task_that_ends_are_no_longer_needed(here):
    row = here.post()
    cancel_task(here.cast.mia, here.task)
    row.approval.refresh_from_db()
    assert row.approval.state == Approval.State.CANCELLED
    with pytest.raises(ValidationError, match="no longer needed"):
        answered(here, row)
