"""A yes to calls like it in the task, and the standing limit that others decide on: nothing widens by an answer."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from agents.approvals import actions as approvals
from agents.approvals import standing_limit
from agents.approvals.models import Approval
from agents.connections.models import Connection
from agents.grants.models import Grant, GrantRequest
from agents.policy.declarations import Argument, Capability, Effect, Role, Type
from agents.queue.models import Call, Task
from portal.reasons import because
from tests.agents import transcripts
from tests.agents.asking import again, argument, asked, running, text, value, with_origins
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db
A = Approval.State
TASK = Approval.Scope.TASK


@pytest.fixture
def made(cast: Cast) -> tuple[Task, Connection]:
    return running(cast)


@pytest.fixture
def ask(made: tuple[Task, Connection]) -> Approval:
    return asked(*made, said="Hello Lea")


def url(ask: Approval) -> str:
    return reverse("approvals:proposal", args=[ask.pk])


def until(days: int = 3) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def test_a_yes_to_calls_like_it_holds_for_other_words_to_the_same_reader(cast, made, ask):
    task, room = made
    assert (
        "do not ask again in this task for this recipient" in as_(cast.mia).get(ask.get_absolute_url()).text
    )
    as_(cast.mia).post(reverse("approvals:answer", args=[ask.pk]), {"answer": "task"})
    ask.refresh_from_db()
    assert (ask.state, ask.scope) == (A.APPROVED, TASK)
    assert again(ask).state == Call.State.DONE
    task.refresh_from_db()
    like = transcripts.asking(task, room, to="lea.brandt@example.com", text="And goodbye", number=2)
    assert like.state == Call.State.DONE
    other = transcripts.asking(task, room, to="olga.petrova@example.com", text="And goodbye", number=3)
    assert other.state == Call.State.ASKED
    another = transcripts.running(cast.mia, task.agent)
    assert transcripts.asking(another, room, to="lea.brandt@example.com").state == Call.State.ASKED


LEADS = argument("text", "content", text(("See https://evil.example", "leads", None)))
NOT_WIDE = {
    "leads": lambda ask: with_origins(ask, argument("to", "dest", value("lea.brandt@example.com")), LEADS),
    "unrecorded": lambda ask: with_origins(ask),
    "second person": lambda ask: Approval.objects.filter(pk=ask.pk).update(second_person=True),
    "outside": lambda ask: Call.objects.update(
        reasons=[because("outside_envelope", capability="chat.post", again=False)]
    ),
}


@pytest.mark.parametrize("why", NOT_WIDE)
def test_no_wide_yes_where_it_would_promise_too_much(cast, ask, why):
    NOT_WIDE[why](ask)
    ask = Approval.objects.get(pk=ask.pk)
    answerer = cast.ada if ask.second_person else cast.mia
    assert "do not ask again" not in as_(answerer).get(ask.get_absolute_url()).content.decode()
    with pytest.raises(ValidationError, match="only this one call"):
        approvals.answer(answerer, ask, yes=True, scope=TASK)
    ask.refresh_from_db()
    assert ask.state == A.OPEN


def test_a_proposal_is_a_request_that_others_decide_on_and_answers_nothing(cast, ask):
    live = set(Grant.objects.live().values_list("pk", flat=True))
    said = as_(cast.mia).post(url(ask), {"until": until(), "why": "Every day"}, follow=True).content.decode()
    assert "Proposed." in said
    ask.refresh_from_db()
    asked_for = GrantRequest.objects.latest("id")
    assert (ask.state, ask.proposed) == (A.OPEN, asked_for)
    assert (asked_for.requested_by, asked_for.why) == (cast.mia, "Every day")
    (grant,) = asked_for.grants.all()
    assert (grant.capability, grant.state, grant.always_ask) == ("chat.post", Grant.State.REQUESTED, False)
    assert grant.limits == {"to": {"only": ["lea.brandt@example.com"]}}
    assert timezone.localdate(grant.ends_at).isoformat() == until()
    assert set(Grant.objects.live().values_list("pk", flat=True)) == live
    assert asked_for.get_absolute_url() in said
    assert not GrantRequest.objects.to_decide_by(cast.mia).exists()
    assert GrantRequest.objects.to_decide_by(cast.ada).filter(pk=asked_for.pk).exists()
    with pytest.raises(ValidationError, match="already"):
        approvals.propose(cast.mia, ask, ends_at=grant.ends_at, words=False)


def test_a_proposal_keeps_the_hours_the_uses_and_the_second_person_of_the_grant(cast, ask):
    Grant.objects.live().filter(capability="chat.post").update(
        from_hour=0, until_hour=24, max_uses=9, second_person=True
    )
    as_(cast.mia).post(url(ask), {"until": until()})
    (grant,) = GrantRequest.objects.latest("id").grants.all()
    assert (grant.from_hour, grant.until_hour, grant.max_uses, grant.second_person) == (0, 24, 9, True)


def test_words_of_its_own_only_when_ticked(cast, ask):
    as_(cast.mia).post(url(ask), {"until": until(), "words": "on"})
    (grant,) = GrantRequest.objects.latest("id").grants.all()
    assert grant.limits == {"to": {"only": ["lea.brandt@example.com"]}, "text": {"words": "any"}}
    assert "Asked for in task" in grant.request.why


@pytest.mark.parametrize("data", [{}, {"until": "soon"}, {"until": "2020-01-01"}, {"until": until(120)}])
def test_a_proposal_ends_within_what_the_capability_allows(cast, ask, data):
    before = GrantRequest.objects.count()
    assert as_(cast.mia).post(url(ask), data).status_code == 422
    assert GrantRequest.objects.count() == before


def test_only_who_may_answer_proposes(cast, ask):
    for other in (cast.lea, cast.ada, cast.olga):
        assert as_(other).post(url(ask), {"until": until()}).status_code == 404
    Approval.objects.update(second_person=True)
    assert as_(cast.mia).post(url(ask), {"until": until()}).status_code == 403
    assert as_(cast.ada).post(url(ask), {"until": until()}).status_code == 302
    assert GrantRequest.objects.latest("id").requested_by == cast.ada


def test_after_a_yes_it_can_still_be_proposed_and_after_a_no_not(cast, made, ask):
    approvals.answer(cast.mia, ask, yes=True)
    assert url(ask) in as_(cast.mia).get(ask.get_absolute_url()).content.decode()
    task = transcripts.running(cast.mia, made[0].agent)
    other = asked(task, made[1])
    approvals.answer(cast.mia, other, yes=False)
    assert url(other) not in as_(cast.mia).get(other.get_absolute_url()).content.decode()
    with pytest.raises(ValidationError, match="while the ask is open or after a yes"):
        approvals.propose(cast.mia, other, ends_at=timezone.now() + timedelta(days=1), words=False)


MOVE = Capability(
    "x.move",
    "move",
    "Move {ids}",
    Effect.WRITE,
    (
        Argument("ids", Role.OBJECT, "Messages", type=Type.TEXTS),
        Argument("number", Role.VALUE, "Number", type=Type.INTEGER, required=False),
        Argument("loud", Role.VALUE, "Loud", type=Type.FLAG, required=False),
        Argument("folder", Role.DEST, "Folder", required=False),
        Argument("note", Role.CONTENT, "Note", required=False),
    ),
)


def test_the_limits_are_this_calls_own_values():
    given = {"ids": ["a", "b", "a"], "number": 3, "loud": False, "note": "hi"}
    held = {"folder": {"only": ["Done"]}, "note": {"words": "any"}, "number": {"min": 1, "max": 9}}
    assert standing_limit.limits(MOVE, given, held, words=False) == {
        "ids": {"only": ["a", "b"]},
        "number": {"only": ["3"], "min": 3, "max": 3},
        "loud": {"only": ["no"]},
        "folder": {"only": ["Done"]},
    }


@pytest.mark.parametrize("value", ["*", "News*", "@evil.example", "*@evil.example", "a\u200bb", ""])
def test_a_value_that_would_read_as_a_pattern_is_no_limit(value):
    with pytest.raises(ValidationError):
        standing_limit.limits(MOVE, {"ids": [value]}, {}, words=False)


def test_a_call_that_says_nothing_of_where_it_goes_cannot_be_limited():
    with pytest.raises(ValidationError, match="no limit can cover it"):
        standing_limit.limits(MOVE, {"note": "hi"}, {}, words=True)
