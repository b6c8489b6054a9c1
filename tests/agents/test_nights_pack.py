"""Tonight's pack: what came up in the last runs or a trial run, what the instruction needs, and what it refuses."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from agents.approvals import actions as approvals
from agents.approvals.models import Approval
from agents.connections import actions as connections
from agents.grants.models import Grant
from agents.nights.now import clock
from agents.nights.pack import Item, sections
from agents.permissions import ConnectionPermission
from agents.queue.models import Call, Task
from agents.registry.models import Agent
from agents.schedules import actions as schedules
from agents.schedules.models import Run, Schedule
from portal.people.models import Person
from tests import builders
from tests.agents.evenings import TO, Evening, evening
from tests.agents.scheduled import made
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def items(person: Person) -> list[Item]:
    now = timezone.now()
    found = sections(person, now, clock(person, now).coming)
    return [item for section in found for item in section.items]


def due_soon() -> None:
    Schedule.objects.update(next_at=timezone.now() + timedelta(minutes=1))


@pytest.fixture
def here(cast: Cast) -> Evening:
    made_one = evening(cast)
    due_soon()
    made_one.schedule.refresh_from_db()
    return made_one


def test_what_asked_in_the_last_run_can_be_cleared_and_comes_again(cast: Cast, here: Evening):
    here.post("One"), here.post("Two")
    (item,) = items(cast.mia)
    assert (item.sentence, item.nights, item.most) == (f"Post in the chat to {TO}", 1, 2)
    assert (item.clearable, item.safe, item.against) == (True, True, "")
    here.clear(most=1)
    (item,) = items(cast.mia)
    assert item.standing is not None
    assert not item.clearable
    assert here.post("Three").state == Call.State.DONE
    schedules.edit(cast.mia, here.schedule, run_micros=900_000)
    due_soon()
    (item,) = items(cast.mia)
    assert (item.clearable, item.most) == (True, 3), "what went because it was cleared came up as well"


def test_an_answer_takes_nothing_out_of_the_pack(cast: Cast, here: Evening):
    for number, yes in enumerate((True, False), 1):
        here.post(f"Number {number}")
        approvals.answer(cast.mia, Approval.objects.last(), yes=yes)
        assert here.post(f"Number {number}", number=number).state != Call.State.ASKED
    (item,) = items(cast.mia)
    assert (item.clearable, item.most) == (True, 2)


@pytest.mark.parametrize(
    ("codes", "says"),
    [
        (["dest_unknown"], "Where it goes did not come from you"),
        (["content_prose", "content_leads"], "a link, an address or a code"),
        (["outside_envelope"], "not ticked"),
        (["origins_unknown"], "It asks when it comes"),
    ],
)
def test_what_cannot_be_judged_beforehand_says_why(cast: Cast, here: Evening, codes: list[str], says: str):
    here.post()
    Call.objects.update(reasons=[{"code": code, "params": {}} for code in codes])
    (item,) = items(cast.mia)
    assert says in item.against
    assert not item.clearable


def test_what_a_yes_was_given_to_once_is_not_trusted_for_that(cast: Cast, here: Evening):
    """Allowed last night: its reasons are gone, the account of its origins is not."""
    here.post()
    value = {"from": "result", "trusted": False, "pieces": []}
    Call.objects.update(reasons=[{"code": "approved", "params": {"who": "Mia Park"}}])
    Approval.objects.update(origins=[{"argument": "to", "role": "dest", "values": [value]}])
    (item,) = items(cast.mia)
    assert "did not come from you" in item.against


def test_a_second_person_finds_it_and_the_schedules_person_is_told(cast: Cast):
    here = evening(cast, second_person=True)
    due_soon()
    here.post()
    (own,) = items(cast.mia)
    assert own.against == "A second person clears this: an approver of Portal chat."
    assert items(cast.lea) == []
    connections.give(cast.ada, here.room, holder=cast.lea, rights=[ConnectionPermission.APPROVE])
    (theirs,) = items(cast.lea)
    assert (theirs.clearable, theirs.safe, theirs.second) == (True, False, True)


def test_from_a_trial_run_and_from_the_instruction(cast: Cast):
    agent = builders.agent(cast.mia, cast.support)
    room = builders.chat(cast.ada, cast.support)
    limits = {"to": {"only": [TO]}}
    grant = builders.grant(agent, room, "chat.post", by=cast.ada, terms=builders.Terms(limits=limits))
    words = "Read the inbox and post the summary to lea.brandt@example.com in the chat."
    schedule = made(agent, instruction=words, pairs=[("chat.post", room.pk)])
    due_soon()
    (item,) = items(cast.mia)
    assert (item.planned, item.clearable, item.safe) == (True, True, False)
    assert item.arguments == {"to": TO}
    Grant.objects.filter(pk=grant.pk).update(limits={})
    assert "Nobody knows yet where it goes" in items(cast.mia)[0].against
    Agent.objects.update(mode=Agent.Mode.SHADOW)
    task = Task.objects.create(
        person=cast.mia,
        agent=agent,
        instruction=words,
        max_steps=1,
        max_tokens=1,
        max_cost_micros=1,
        max_seconds=1,
    )
    step = task.steps.create(number=1, response={})
    Call.objects.create(
        task=task, step=step, position=0, tool_call_id="x", tool_name="x", capability="chat.post", connection=room,
        grant=grant, arguments={"to": TO, "text": "x"}, digest="0", verdict="ask", state=Call.State.WOULD,
        reasons=[{"code": "content_prose", "params": {"title": "Text"}}], key=uuid.uuid4(),
    )  # fmt: skip
    (item,) = items(cast.mia)
    assert (item.shadow, item.clearable, item.nights) == (True, True, 1)
    Run.objects.create(schedule=schedule, key="x", how="time", state="ran", slot=timezone.now(), task=task)
    assert items(cast.mia)[0].shadow


def test_what_only_its_own_person_is_told_is_no_ask(cast: Cast):
    agent = builders.agent(cast.mia, cast.support)
    room = builders.chat(cast.ada, cast.support)
    words = f"Read the inbox and post the summary to {cast.mia.email} in the chat."
    for reader, asks in ((cast.mia, 0), (cast.lea, 1)):
        Schedule.objects.all().delete()
        Grant.objects.all().delete()
        limits = {"to": {"only": [reader.email.title()]}}
        builders.grant(agent, room, "chat.post", by=cast.ada, terms=builders.Terms(limits=limits))
        made(agent, instruction=words, pairs=[("chat.post", room.pk)])
        due_soon()
        assert len(items(cast.mia)) == asks


def test_what_is_not_due_tonight_is_not_there(cast: Cast, here: Evening):
    here.post()
    Schedule.objects.update(next_at=timezone.now() + timedelta(days=3))
    assert items(cast.mia) == []
    schedules.switch_off(cast.mia, here.schedule)
    assert items(cast.mia) == []
