"""Asks that demand a second person: somebody else who approves on the connection, never the task's own person."""

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from agents.approvals import actions as approvals
from agents.approvals.models import Approval
from agents.connections import actions as connections
from agents.connections.models import Connection
from agents.lifecycle.agents import share_agent
from agents.permissions import ConnectionPermission, Level
from agents.queue.models import Call, Task
from portal.accounts import actions as people
from portal.permissions import Role
from tests import builders
from tests.agents import transcripts
from tests.agents.asking import INSTRUCTION, again, asked, running
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db
APPROVE = ConnectionPermission.APPROVE


@pytest.fixture
def made(cast: Cast) -> tuple[Task, Connection]:
    return running(cast, second_person=True)


@pytest.fixture
def ask(made: tuple[Task, Connection]) -> Approval:
    one = asked(*made)
    assert one.second_person
    return one


def answer_url(ask: Approval) -> str:
    return reverse("approvals:answer", args=[ask.pk])


def answerable(cast: Cast) -> set[str]:
    everyone = cast.everyone().items()
    return {name for name, person in everyone if Approval.objects.answerable_by(person).open().exists()}


def test_the_tasks_person_sees_it_and_cannot_answer(cast, ask):
    shown = as_(cast.mia).get(ask.get_absolute_url()).content.decode()
    assert answer_url(ask) not in shown
    assert "waits for somebody else" in shown
    assert "Waits for an approver of <b>Portal chat</b>: Ada Osei" in shown
    assert as_(cast.mia).post(answer_url(ask), {"answer": "yes"}).status_code == 403
    with pytest.raises(ValidationError, match="Somebody else"):
        approvals.answer(cast.mia, ask, yes=True)
    inline = as_(cast.mia).get(ask.call.task.get_absolute_url()).content.decode()
    assert answer_url(ask) not in inline
    assert "Ada Osei" in inline


def test_an_admin_cannot_answer_the_asks_of_their_own_task(cast, ask):
    people.set_roles(cast.ada, cast.mia, roles=[Role.ADMIN])
    connections.give(cast.ada, ask.call.connection, holder=cast.mia, rights=[APPROVE])
    for person in (cast.mia, cast.ada):
        Task.objects.filter(pk=ask.call.task_id).update(person=person)
        assert person.has_perm(APPROVE, ask.call.connection)
        assert as_(person).post(answer_url(ask), {"answer": "yes"}).status_code == 403
        with pytest.raises(ValidationError, match="Somebody else"):
            approvals.answer(person, ask, yes=True)
        assert not Approval.objects.answerable_by(person).exists()
    ask.refresh_from_db()
    assert ask.state == Approval.State.OPEN


def test_who_approves_on_the_connection_answers_whether_person_or_team(cast, made, ask):
    room = made[1]
    assert answerable(cast) == {"ada"}
    connections.give(cast.ada, room, holder=cast.sales, rights=[APPROVE])
    assert answerable(cast) == {"ada", "olga"}
    connections.give(
        cast.ada, room, holder=cast.support, rights=[APPROVE]
    )  # Mia is in it, and it is her task
    assert answerable(cast) == {"ada", "olga", "lea"}
    connections.take(cast.ada, room, holder=cast.sales)
    assert answerable(cast) == {"ada", "lea"}
    people.deactivate(cast.ada, cast.lea)
    assert answerable(cast) == {"ada"}


def test_a_right_on_another_connection_is_none_here(cast, ask):
    other = builders.chat(cast.ada, cast.support, name="Another chat")
    connections.give(cast.ada, other, holder=cast.olga, rights=[APPROVE])
    assert answerable(cast) == {"ada"}
    assert as_(cast.olga).get(ask.get_absolute_url()).status_code == 404


def test_the_second_persons_yes_lets_it_happen(cast, ask):
    said = as_(cast.ada).post(answer_url(ask), {"answer": "yes", "note": "checked"}, follow=True)
    assert said.redirect_chain == [(reverse("approvals:list"), 302)]
    ask.refresh_from_db()
    assert (ask.state, ask.answered_by) == (Approval.State.APPROVED, cast.ada)
    assert again(ask).state == Call.State.DONE


def test_a_second_person_sees_the_ask_and_the_instruction_and_no_more(cast, ask):
    connections.give(cast.ada, ask.call.connection, holder=cast.olga, rights=[APPROVE])
    client = as_(cast.olga)
    shown = client.get(ask.get_absolute_url()).content.decode()
    assert INSTRUCTION in shown
    assert "Mia Park’s words in the instruction" in shown
    assert "Your words" not in shown
    assert answer_url(ask) in shown
    assert "Steps before this ask" not in shown
    task = ask.call.task
    assert task.get_absolute_url() not in shown
    assert reverse("queue:call", args=[ask.call_id]) not in shown
    for closed in (task.get_absolute_url(), reverse("queue:call", args=[ask.call_id])):
        assert client.get(closed).status_code == 404
    assert client.post(reverse("queue:cancel", args=[task.pk])).status_code == 403


def test_counts_are_of_what_the_reader_can_answer(cast, ask):
    for person, number in ((cast.mia, 0), (cast.ada, 1)):
        client = as_(person)
        page = client.get(reverse("approvals:list"))
        assert page.context["page_obj"].paginator.count == number
        assert ("1 ask waits" in client.get("/").content.decode()) is bool(number)
    others = as_(cast.mia).get(reverse("approvals:list"), {"state": "others"}).content.decode()
    assert ask.question in others
    assert "waits for somebody else" in others


def test_where_nobody_may_answer_the_page_says_who_can_change_that(cast, made, ask):
    room = made[1]
    share_agent(cast.mia, made[0].agent, reader=cast.ada, level=Level.OPERATOR)
    Task.objects.filter(pk=ask.call.task_id).update(person=cast.ada)
    shown = as_(cast.ada).get(ask.get_absolute_url()).content.decode()
    assert "Nobody can answer this" in shown
    assert "Ada Osei can add one" in shown
    connections.give(cast.ada, room, holder=cast.lea, rights=[APPROVE])
    assert "Lea Brandt" in as_(cast.ada).get(ask.get_absolute_url()).content.decode()


def test_on_a_personal_connection_nobody_else_can_be_given_it(cast):
    box = builders.own_mail(cast.mia)
    agent = builders.agent(cast.mia, cast.support)
    grant = builders.grant(agent, box, "mail.draft", by=cast.mia)
    type(grant).objects.update(second_person=True)
    task = transcripts.running(cast.mia, agent)
    call = transcripts.step(task).calls.create(
        task=task, position=0, tool_call_id="x", tool_name="mail_draft", capability="mail.draft", connection=box,
        grant=grant, arguments={"to": ["a@b.example"], "subject": "x", "text": "y"}, digest="0" * 64,
        verdict="ask", state=Call.State.ASKED, key=uuid4(),
    )  # fmt: skip
    ask = approvals.open_ask(call, grant, second_person=True)
    shown = as_(cast.mia).get(ask.get_absolute_url()).content.decode()
    assert "It is a personal connection" in shown
    assert answer_url(ask) not in shown
