"""Authority is looked at when it is used: a person who left, or lost the agent, has nothing more done for them."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from agents.approvals import actions as approvals
from agents.approvals.models import Approval
from agents.authority import LEFT, UNSHARED, barred
from agents.connections import actions as connections
from agents.gate import shadow_observer
from agents.grants import actions as grants
from agents.grants.actions import Terms
from agents.grants.models import Grant
from agents.lifecycle.agents import hand_over_agent, retire_agent, share_agent, unshare_agent
from agents.lifecycle.stops import lift_stop, set_stop
from agents.lifecycle.tasks import claim_task
from agents.permissions import AgentPermission, ConnectionPermission, Level
from agents.queue import actions as tasks
from agents.queue.models import Call, Task
from agents.queue.states import TaskState
from agents.registry.models import Agent, AgentPersonShare, AgentTeamShare
from agents.runtime import loop
from agents.runtime.transcript import Transcript
from agents.stops.models import Stop
from agents.sweep import sweep
from metering.usage.models import UsageEvent
from portal.accounts import actions as people
from portal.people.models import Person
from portal.teams import actions as teams
from portal.teams.models import Membership
from tests import builders
from tests.agents import transcripts
from tests.agents.gated import Scene, here  # noqa: F401
from tests.agents.shadowed import in_shadow
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def shared(cast: Cast, person: Person) -> Agent:
    agent, _ = builders.triage(cast)
    share_agent(cast.mia, agent, reader=person, level=Level.OPERATOR)
    return agent


# Every way in which a person loses an agent that they operate.
WAYS = {
    "left": lambda cast, agent: people.deactivate(cast.ada, cast.olga),
    "unshared": lambda cast, agent: unshare_agent(cast.mia, agent, reader=cast.olga),
    "made a viewer": lambda cast, agent: share_agent(cast.mia, agent, reader=cast.olga, level=Level.VIEWER),
    "retired": lambda cast, agent: retire_agent(cast.mia, agent),
}
TEAM_WAYS = {
    "left the team": lambda cast, agent: teams.end_membership(
        cast.ada, Membership.objects.current().get(team=cast.sales, person=cast.olga)
    ),
    "team unshared": lambda cast, agent: unshare_agent(cast.mia, agent, reader=cast.sales),
    "team made viewer": lambda cast, agent: share_agent(
        cast.mia, agent, reader=cast.sales, level=Level.VIEWER
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_open_tasks_and_asks_end_with_the_persons_right(cast: Cast, way: str) -> None:
    agent = shared(cast, cast.olga)
    room = builders.chat(cast.ada, cast.support)
    builders.grant(agent, room, "chat.post", by=cast.ada, terms=Terms(always_ask=True))
    queued = tasks.queue(cast.olga, agent, instruction="Sort the inbox")
    ask = transcripts.asking(transcripts.running(cast.olga, agent), room, to=cast.lea.email).approval
    WAYS[way](cast, agent)
    assert not Task.objects.filter(person=cast.olga).under_way().exists()
    assert Approval.objects.get(pk=ask.pk).state == Approval.State.CANCELLED
    assert claim_task(queued.pk, worker="late") is None


@pytest.mark.parametrize("way", TEAM_WAYS)
def test_so_do_those_of_a_team_and_nobody_elses(cast: Cast, way: str) -> None:
    agent = shared(cast, cast.sales)
    theirs = tasks.queue(cast.olga, agent, instruction="Sort the inbox")
    own = tasks.queue(cast.mia, agent, instruction="Sort the inbox")
    TEAM_WAYS[way](cast, agent)
    states = dict(Task.objects.values_list("pk", "state"))
    assert states == {theirs.pk: TaskState.CANCELLED, own.pk: TaskState.QUEUED}


def test_whoever_has_it_in_another_way_too_goes_on(cast: Cast) -> None:
    agent = shared(cast, cast.olga)
    share_agent(cast.mia, agent, reader=cast.sales, level=Level.OPERATOR)
    task = tasks.queue(cast.olga, agent, instruction="Sort the inbox")
    unshare_agent(cast.mia, agent, reader=cast.olga)
    task.refresh_from_db()
    assert task.state == TaskState.QUEUED


def test_a_former_owners_tasks_end_with_the_hand_over(cast: Cast) -> None:
    agent, _ = builders.triage(cast)
    task = tasks.queue(cast.mia, agent, instruction="Sort the inbox")
    hand_over_agent(cast.mia, agent, owner=cast.lea)
    task.refresh_from_db()
    assert task.state == TaskState.CANCELLED


def behind_the_verbs(cast: Cast, how: str) -> None:
    """What no verb did: rows changed by hand, as in a restored or repaired database."""
    if how == LEFT:
        Person.objects.filter(pk=cast.mia.pk).update(is_active=False)
    else:
        AgentPersonShare.objects.filter(user=cast.mia).delete()
        AgentTeamShare.objects.filter(permission__codename="operate_agent").delete()


@pytest.mark.parametrize("how", [LEFT, UNSHARED])
def test_the_gate_denies_whatever_was_queued_before(here: Scene, cast: Cast, how: str) -> None:
    asked = here.post()
    approvals.answer(cast.mia, Approval.objects.get(call=asked), yes=True)
    behind_the_verbs(cast, how)
    assert barred(cast.mia.pk, here.agent.pk) == how
    for row in (here.call("mail.list"), here.again(asked)):
        assert row.state == Call.State.DENIED
        assert f"person_{how}" in {reason["code"] for reason in row.reasons}


@pytest.mark.parametrize("how", [LEFT, UNSHARED])
def test_no_token_is_burnt_and_the_sweep_closes_it(cast: Cast, how: str) -> None:
    agent, _ = builders.triage(cast)
    working = transcripts.running(cast.mia, agent)
    queued = tasks.queue(cast.mia, agent, instruction="Sort the inbox")
    behind_the_verbs(cast, how)
    loop.run(queued.pk)
    with pytest.raises(loop.GiveUp):
        loop._step(working, Transcript(working))
    assert not UsageEvent.objects.exists()
    sweep()
    assert {task.state for task in Task.objects.all()} == {TaskState.CANCELLED}


def test_it_was_tried_under_a_stop(cast: Cast) -> None:
    agent = shared(cast, cast.olga)
    stop = set_stop(cast.ada, scope=Stop.Scope.EVERYTHING, why="test")
    task = tasks.queue(cast.olga, agent, instruction="List the mailbox")
    unshare_agent(cast.mia, agent, reader=cast.olga)
    people.deactivate(cast.ada, cast.olga)
    lift_stop(cast.ada, stop)
    loop.run(task.pk)
    assert not Call.objects.exists()


def test_the_one_door_takes_no_task_from_who_may_not_operate(cast: Cast) -> None:
    agent, _ = builders.triage(cast)
    assert not cast.lea.has_perm(AgentPermission.OPERATE, agent)
    with pytest.raises(ValidationError, match=r"Lea Brandt may not queue tasks .* as an operator"):
        tasks.queue(cast.lea, agent, instruction="Sort the inbox")


@pytest.mark.parametrize("how", ["left", "lost the right"])
def test_a_second_persons_yes_counts_while_they_may_give_it(here: Scene, cast: Cast, how: str) -> None:
    connections.give(cast.ada, here.chat, holder=cast.lea, rights=[ConnectionPermission.APPROVE])
    Grant.objects.filter(connection=here.chat).update(second_person=True)
    asked = here.post()
    approvals.answer(cast.lea, Approval.objects.get(call=asked), yes=True)
    if how == "left":
        people.deactivate(cast.ada, cast.lea)
    else:
        connections.take(cast.ada, here.chat, holder=cast.lea)
    done = here.again(asked)
    assert (done.state, done.reasons[0]["code"]) == (Call.State.DENIED, "answerer_barred")


def test_shadow_modes_looks_end_with_the_right(cast: Cast) -> None:
    scene = in_shadow(cast)
    scene.call("mail.label", message=scene.message(), label="Invoices")
    Task.objects.update(state=TaskState.SUCCEEDED, finished_at=timezone.now())
    Call.objects.update(observed_at=None)
    assert shadow_observer.due().count() == 1
    AgentPersonShare.objects.filter(user=cast.mia).delete()
    assert shadow_observer.due().count() == 0


def test_what_a_leaver_asked_for_is_closed_and_nobody_grants_it(cast: Cast) -> None:
    agent = shared(cast, cast.olga)
    share_agent(cast.mia, agent, reader=cast.olga, level=Level.MANAGER)
    room = builders.chat(cast.ada, cast.support)
    until = timezone.now() + timezone.timedelta(days=3)
    wanted = {"chat.post": Terms()}
    closed = grants.request(cast.olga, agent=agent, connection=room, wanted=wanted, ends_at=until, why="x")
    people.deactivate(cast.ada, cast.olga)
    assert {one.state for one in closed.grants.all()} == {Grant.State.WITHDRAWN}
    late = grants.request(cast.olga, agent=agent, connection=room, wanted=wanted, ends_at=until, why="x")
    with pytest.raises(ValidationError, match="has left"):
        grants.decide(cast.ada, late, granted={late.grants.get().pk: Terms()}, ends_at=until)
