"""What the gate tells the rules of a task: its envelope, who attends, what was asked in it before and agreed to."""

from dataclasses import replace

import pytest
from django.utils import timezone

from agents.approvals import actions as approvals
from agents.approvals.models import Approval
from agents.connectors.chat.models import ChatMessage
from agents.gate.facts import facts
from agents.grants.actions import Terms
from agents.grants.models import Grant
from agents.policy.declarations import Argument, Role
from agents.queue.models import Call, Task
from agents.stops.models import Stop
from portal.people.models import Person
from tests import builders
from tests.agents import transcripts
from tests.agents.gated import Scene, Strange, here, strange  # noqa: F401

pytestmark = pytest.mark.django_db
S = Call.State
QUERIES = 8  # of the facts of one call


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


def test_another_agents_grant_is_none_of_this_one(here):
    Grant.objects.filter(capability="mail.list").delete()
    builders.grant(
        builders.agent(here.cast.lea, here.cast.support, name="Another"),
        here.box,
        "mail.list",
        by=here.cast.ada,
    )
    assert said(here.call("mail.list")) == (S.DENIED, ["no_grant"])


def test_a_live_grant_explains_a_refusal_before_one_that_ended(here):
    first = here.grant("mail.label")
    builders.grant(
        here.agent, here.box, "mail.label", by=here.cast.ada, terms=Terms({"label": {"only": ["A"]}})
    )
    for ended in ({"state": Grant.State.REVOKED}, {"state": Grant.State.ACTIVE, "ends_at": timezone.now()}):
        Grant.objects.filter(pk=first.pk).update(**ended)
        row = here.call("mail.label", message=here.message(), label="B")
        assert said(row)[1][0] == "outside_limits", ended


@pytest.mark.parametrize("whom", ["left", "unshared"])
def test_who_may_not_use_the_agent_any_more_gets_nothing_from_it(here, whom):
    if whom == "left":
        Person.objects.filter(pk=here.cast.mia.pk).update(is_active=False)
    else:
        Task.objects.update(person=here.cast.olga)
        here.task.refresh_from_db()
    assert f"person_{whom}" in said(here.call("mail.list"))[1]


def test_the_rules_hear_that_a_task_is_to_stop(here):
    row = here.post()
    assert facts(row).task_state == "running"
    Task.objects.update(cancel_requested_at=timezone.now())
    assert facts(row).task_state == "stopped"


def test_a_stop_of_the_task_is_one_of_its_calls(here):
    Stop.objects.create(scope=Stop.Scope.TASK, task=here.task, set_by=here.cast.mia, why="x")
    assert said(here.call("mail.list")) == (S.DENIED, ["stopped"])
    here.task = transcripts.running(here.cast.mia, here.agent)
    here.step = transcripts.step(here.task)
    assert here.call("mail.list").state == S.DONE


def test_a_tool_that_no_grant_offers_is_none_whatever_it_is_called(here):
    assert said(here.repeat(1, "mail.list", None, {})) == (S.DENIED, ["unknown"])


def test_facts_are_few_queries_however_much_was_asked(here, django_assert_num_queries):
    row = here.post("One")
    facts(row)  # reads once what the task has read before
    for text in ("Two", "Three", "Four"):
        with django_assert_num_queries(QUERIES):
            facts(row)
        here.post(text)
