"""What the gate tells the rules of a task: its envelope, who attends, what was asked in it before and agreed to."""

from dataclasses import replace

import pytest

from agents.approvals import actions as approvals
from agents.approvals.models import Approval
from agents.connectors.chat.models import ChatMessage
from agents.grants.models import Grant
from agents.policy.declarations import Argument, Role
from agents.queue.models import Call, Task
from tests import builders
from tests.agents import transcripts
from tests.agents.gated import Scene, Strange, here, strange  # noqa: F401

pytestmark = pytest.mark.django_db
S = Call.State


def said(row: Call) -> tuple[str, list[str]]:
    return row.state, [reason["code"] for reason in row.reasons]


def answered(here: Scene, row: Call, *, yes: bool = True, wide: bool = False) -> Call:
    scope = Approval.Scope.TASK if wide else Approval.Scope.ONCE
    approvals.answer(here.cast.mia, row.approval, yes=yes, scope=scope)
    return here.again(row)


def test_what_is_outside_the_envelope_is_refused_or_asked_where_somebody_attends(here):
    Task.objects.update(envelope=[["mail.list", here.box.pk], ["mail.draft", here.chat.pk]])
    assert here.call("mail.list").state == S.DONE
    assert said(here.draft()) == (S.DENIED, ["outside_envelope"])
    Task.objects.update(attended=True)
    row = here.draft()
    assert (row.state, row.reasons[0]["code"]) == (S.ASKED, "outside_envelope")


def test_a_task_asks_so_often_and_what_it_asked_goes_on(here):
    Task.objects.update(max_asks=2)
    first, second, third = (here.post(text) for text in ("One", "Two", "Three"))
    assert (first.state, second.state) == (S.ASKED, S.ASKED)
    assert said(third) == (S.DENIED, ["too_many_asks"])
    assert answered(here, first).state == S.DONE
    here.task = transcripts.running(here.cast.mia, here.agent, here.task.instruction)
    here.step = transcripts.step(here.task)
    assert here.post("Four").state == S.ASKED, "another task's asks are its own"


def test_the_last_answer_to_the_same_call_is_the_one_that_counts(here):
    assert answered(here, here.post()).state == S.DONE
    again = here.post()
    assert again.state == S.ASKED
    assert answered(here, again, yes=False).state == S.REFUSED
    row = here.post()
    assert (row.state, row.reasons[0]["params"]) == (S.DENIED, {"how": "refused"})
    assert here.post("Something else").state == S.ASKED


def wide(here: Scene) -> Approval:
    """Lea may be written to in this task, whatever the words."""
    row = here.post()
    Approval.objects.update(origins=[{"argument": "to", "title": "To", "role": "dest", "values": []}])
    assert answered(here, row, wide=True).state == S.DONE
    return Approval.objects.get(call=row)


def test_a_yes_to_calls_like_it_holds_while_it_is_bound_to_the_same(here):
    ask = wide(here)
    like = here.post("Again")
    assert said(like) == (S.DONE, ["granted", "agreed"])
    assert ChatMessage.objects.count() == 2
    version = like.grant.version
    Grant.objects.filter(pk=like.grant_id).update(version=9)
    assert here.post("Once more").state == S.ASKED
    Grant.objects.filter(pk=like.grant_id).update(version=version)
    assert here.post("And again").state == S.DONE
    Approval.objects.filter(pk=ask.pk).update(answered_by=here.cast.olga)
    assert here.post("By whom?").state == S.ASKED, "who gave it may not give it any more"


@pytest.mark.parametrize("change", [{"scope": Approval.Scope.ONCE}, {"state": Approval.State.REFUSED}])
def test_neither_a_yes_to_one_call_nor_a_no_speaks_for_others(here, change):
    ask = wide(here)
    Approval.objects.filter(pk=ask.pk).update(**change)
    assert here.post("Again").state == S.ASKED


def test_a_second_person_answers_what_leaves_the_company(here, monkeypatch, settings):
    settings.COMPANY_DOMAINS = ("example.com",)
    to = Argument("to", Role.DEST, "To", kind="address")
    leaves = replace(Strange.capabilities[1], second_person="outside", arguments=(to,))
    monkeypatch.setattr(Strange, "capabilities", (leaves,))
    _, place = strange(here.cast, here.agent, monkeypatch)
    Grant.objects.filter(capability=leaves.name).update(second_person=True)
    assert here.call(leaves.name, on=place, to=here.cast.lea.email).state == S.DONE
    row = here.call(leaves.name, on=place, to="lea@else.example")
    assert (row.state, row.approval.second_person) == (S.ASKED, True)


def test_what_was_only_asked_for_explains_no_refusal_and_of_two_grants_the_first_is_used(here):
    grant = here.grant("mail.list")
    second = builders.grant(here.agent, here.box, "mail.list", by=here.cast.ada)
    Grant.objects.filter(pk=grant.pk).update(last_used_at=None)  # where the row lies says nothing
    assert here.call("mail.list").grant == grant
    Grant.objects.filter(pk=grant.pk).update(state=Grant.State.REVOKED)
    assert here.call("mail.list").grant == second
    for state in (Grant.State.REQUESTED, Grant.State.DENIED, Grant.State.WITHDRAWN):
        Grant.objects.filter(capability="mail.list").update(state=state)
        assert said(here.call("mail.list")) == (S.DENIED, ["no_grant"])
