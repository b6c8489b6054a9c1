"""A personal connection works in its person's tasks; in others' only while that person opens it, and hears of it."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from agents import gate
from agents.approvals.models import Approval
from agents.card.card import card
from agents.connections.models import Connection
from agents.gate import shadow_observer
from agents.grants.actions import Terms
from agents.lifecycle.agents import share_agent
from agents.openings import actions as openings
from agents.permissions import Level
from agents.queue import actions as tasks
from agents.queue.envelopes import held, planned
from agents.queue.models import Call, Task
from agents.queue.states import TaskState
from agents.registry.models import Agent
from agents.runtime.tools import tools
from portal.accounts import actions as people
from portal.audit.models import Entry
from portal.people.models import Person
from portal.teams import actions as teams
from portal.teams.models import Membership
from tests import builders
from tests.agents import transcripts
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(cast: Cast) -> Connection:
    """Mia's own mailbox; her agent may list and label in it, and is shared with Olga and her team."""
    agent = builders.agent(cast.mia, cast.support)
    made = builders.own_mail(cast.mia)
    for name in ("mail.list", "mail.label"):
        builders.grant(agent, made, name, by=cast.mia, terms=Terms(always_ask=name == "mail.label"))
    share_agent(cast.mia, agent, reader=cast.sales, level=Level.OPERATOR)
    return made


def opened(box: Connection, reader: object, days: float = 3) -> None:
    assert box.person is not None
    openings.give(box.person, box, reader=reader, ends_at=timezone.now() + timedelta(days=days))  # type: ignore[arg-type]


def task_of(person: Person) -> Task:
    return transcripts.running(person, Agent.objects.get())


def call(task: Task, box: Connection, capability: str = "mail.list", **arguments: object) -> Call:
    made = gate.call(
        task,
        transcripts.step(task, task.steps.count() + 1),
        0,
        tool_call_id="1",
        tool_name="x",
        capability=capability,
        connection=box.pk,
        arguments=arguments,
    )
    made.refresh_from_db()
    return made


def codes(row: Call) -> set[str]:
    return {reason["code"] for reason in row.reasons}


def test_it_works_in_its_persons_tasks_and_in_nobody_elses(cast: Cast, box: Connection) -> None:
    assert call(task_of(cast.mia), box).state == Call.State.DONE
    denied = call(task_of(cast.olga), box)
    assert (denied.state, codes(denied)) == (Call.State.DENIED, {"connection_anothers"})
    assert denied.reasons[0]["params"] == {"whose": "Mia Park"}


def test_neither_the_model_nor_the_person_sees_what_would_be_refused(cast: Cast, box: Connection) -> None:
    agent = Agent.objects.get()
    words = "List the mails in the mailbox"
    assert held(agent, cast.mia)
    assert planned(agent, words, cast.mia)
    assert tools(task_of(cast.mia))
    assert (held(agent, cast.olga), planned(agent, words, cast.olga), tools(task_of(cast.olga))) == (
        [],
        frozenset(),
        {},
    )
    with pytest.raises(ValidationError, match="may not use a part of this in your tasks"):
        tasks.queue(cast.olga, agent, instruction=words, envelope=[("mail.list", box.pk)])
    assert card(agent).usable[0].holding.only == "only in tasks of Mia Park"


@pytest.mark.parametrize("to", ["olga", "sales"])
def test_opened_it_works_and_its_person_hears_of_it(cast: Cast, box: Connection, to: str) -> None:
    opened(box, getattr(cast, to))
    assert call(task_of(cast.olga), box).state == Call.State.DONE
    assert "of Olga Petrova until" in card(Agent.objects.get()).usable[0].holding.only or to == "sales"
    mia = as_(cast.mia)
    assert "Olga Petrova's tasks used it" in mia.get("/").text
    page = mia.get(box.get_absolute_url()).text
    assert "Used in other people's tasks" in page
    assert (
        Entry.objects.about(box).get(event="connection.used_by_other").details["for_person"] == "Olga Petrova"
    )


ENDS = {
    "closed": lambda cast, box: as_(cast.mia).post(reverse("openings:ending", args=[box.openings.get().pk])),
    "over": lambda cast, box: box.openings.update(ends_at=timezone.now()),
    "its person left": lambda cast, box: Person.objects.filter(pk=cast.mia.pk).update(is_active=False),
    "left the team": lambda cast, box: teams.end_membership(
        cast.ada, Membership.objects.current().get(person=cast.olga)
    ),
}


@pytest.mark.parametrize("end", ENDS)
def test_it_ends(cast: Cast, box: Connection, end: str) -> None:
    agent = Agent.objects.get()
    opened(box, cast.sales)
    share_agent(cast.mia, agent, reader=cast.olga, level=Level.OPERATOR)
    task = task_of(cast.olga)
    ENDS[end](cast, box)
    assert "connection_anothers" in codes(call(task, box))


def test_asks_die_and_looks_end_when_it_is_closed(cast: Cast, box: Connection) -> None:
    opened(box, cast.olga)
    asked = call(task_of(cast.olga), box, "mail.label", message="1", label="Paid")
    assert asked.state == Call.State.ASKED
    mine = call(task_of(cast.mia), box, "mail.label", message="1", label="Paid")
    openings.end(cast.mia, box.openings.get())
    assert Approval.objects.get(call=asked).state == Approval.State.CANCELLED
    assert Approval.objects.get(call=mine).state == Approval.State.OPEN
    Call.objects.update(state=Call.State.WOULD)
    Task.objects.update(state=TaskState.SUCCEEDED, finished_at=timezone.now())
    assert list(shadow_observer.due()) == [mine]


def test_only_its_person_opens_and_closes_it_and_it_always_ends(cast: Cast, box: Connection) -> None:
    soon = timezone.now() + timedelta(days=3)
    for person, place in ((cast.ada, box), (cast.ada, builders.mail(cast.ada, cast.support))):
        with pytest.raises(ValidationError, match="Only the person"):
            openings.give(person, place, reader=cast.olga, ends_at=soon)
    for days in (-1, 92):
        with pytest.raises(ValidationError, match="within the next 90 days"):
            opened(box, cast.olga, days)
    with pytest.raises(ValidationError, match="own tasks can use it already"):
        opened(box, cast.mia)
    opened(box, cast.olga, 1)
    opened(box, cast.olga, 2)
    assert box.openings.current().count() == 1, "a second time changes the end"
    assert as_(cast.olga).get(reverse("openings:new", args=[box.pk])).status_code == 404
    people.deactivate(cast.ada, cast.mia)
    assert not box.openings.current().exists()


def test_the_form_names_who_and_until_when(cast: Cast, box: Connection) -> None:
    mia, url = as_(cast.mia), reverse("openings:new", args=[box.pk])
    assert "Inbox triage can" in mia.get(url).text
    assert mia.post(url, {"reader": "nobody here", "until": "2099-01-01"}).status_code == 422
    until = timezone.localdate() + timedelta(days=90)
    mia.post(url, {"reader": cast.olga.email, "until": until.isoformat()})
    assert [one.reader for one in box.openings.current()] == [cast.olga]
    assert "Olga Petrova" in mia.get(box.get_absolute_url()).text
