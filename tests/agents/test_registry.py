"""What can be done to agents, and what is refused."""

import pytest
from django.core.exceptions import ValidationError

from agents.connections import actions as connections
from agents.grants.models import Grant
from agents.lifecycle import agents as lifecycle
from agents.permissions import AgentPermission, Level
from agents.queue import actions as tasks
from agents.queue.states import TaskState
from agents.registry import actions
from agents.registry.models import Agent
from portal.accounts import actions as people
from portal.audit.models import Entry
from portal.teams import actions as teams
from tests import builders
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def rights(person, agent: Agent) -> set[str]:
    return {right.rpartition(".")[2].removesuffix("_agent") for right in agent.rights_of(person)}


@pytest.fixture
def agent(cast: Cast) -> Agent:
    return builders.agent(cast.mia, cast.support, live=False)


def test_a_new_agent_is_in_shadow_its_owners_and_seen_by_its_team(cast: Cast, agent: Agent):
    assert (agent.owner, agent.mode, agent.state) == (cast.mia, Agent.Mode.SHADOW, Agent.State.ACTIVE)
    assert rights(cast.mia, agent) == {"view", "operate", "stop", "manage"}
    assert rights(cast.lea, agent) == {"view"}
    assert rights(cast.ada, agent) == {"view", "stop"}  # by role
    assert rights(cast.olga, agent) == set()
    entry = Entry.objects.get(event="agent.registered")
    assert (entry.target_name, entry.details["team"]) == ("Inbox triage", "Support")


@pytest.mark.parametrize("name", ["Inbox triage", "inbox TRIAGE", "  Inbox triage "])
def test_a_name_is_taken_once_in_a_team_letter_case_aside(cast: Cast, agent: Agent, name: str):
    with pytest.raises(ValidationError, match="already has an agent with this name"):
        builders.agent(cast.lea, cast.support, name=name)
    builders.agent(cast.olga, cast.sales, name=name)
    assert Entry.objects.filter(event="agent.registered").count() == 2


def test_nobody_registers_for_a_team_they_are_not_in(cast: Cast):
    with pytest.raises(ValidationError, match="You are not in Sales"):
        builders.agent(cast.mia, cast.sales)
    assert not Agent.objects.exists()


@pytest.mark.parametrize("wrong", [{"name": ""}, {"name": "x" * 81}, {"purpose": ""}, {"model": ""}])
def test_what_an_agent_must_have(cast: Cast, wrong: dict[str, str]):
    values = {"name": "A", "purpose": "B", "model": "offline:rules", "team": cast.support} | wrong
    with pytest.raises(ValidationError) as refusal:
        actions.register(cast.mia, **values)
    assert list(refusal.value.message_dict) == list(wrong)


def test_editing_names_what_changed_and_no_more(cast: Cast, agent: Agent):
    actions.edit(cast.mia, agent, name="Sorter", purpose=agent.purpose, max_steps=9)
    agent.refresh_from_db()
    assert (agent.name, agent.max_steps) == ("Sorter", 9)
    assert Entry.objects.get(event="agent.edited").details == {"changed": ["name", "max_steps"]}
    with pytest.raises(ValueError, match="owner is not changed by editing"):
        actions.edit(cast.mia, agent, owner=cast.lea)


@pytest.mark.parametrize(
    ("level", "held"),
    [
        (Level.VIEWER, {"view"}),
        (Level.OPERATOR, {"view", "operate", "stop"}),
        (Level.MANAGER, {"view", "operate", "stop", "manage"}),
    ],
)
def test_sharing_gives_a_levels_rights_and_ends(cast: Cast, agent: Agent, level: Level, held: set[str]):
    lifecycle.share_agent(cast.mia, agent, reader=cast.olga, level=Level.MANAGER)
    lifecycle.share_agent(cast.mia, agent, reader=cast.olga, level=level)
    lifecycle.share_agent(cast.mia, agent, reader=cast.sales, level=Level.VIEWER)
    assert rights(cast.olga, agent) == held
    lifecycle.unshare_agent(cast.mia, agent, reader=cast.olga)
    assert rights(cast.olga, agent) == {"view"}
    lifecycle.unshare_agent(cast.mia, agent, reader=cast.sales)
    assert not Agent.objects.visible_to(cast.olga).exists()


def test_the_owner_is_not_shared_with(cast: Cast, agent: Agent):
    for act in (
        lambda: lifecycle.share_agent(cast.mia, agent, reader=cast.mia, level=Level.VIEWER),
        lambda: lifecycle.unshare_agent(cast.mia, agent, reader=cast.mia),
    ):
        with pytest.raises(ValidationError, match="The owner always manages"):
            act()


def test_stopping_and_letting_work_again(cast: Cast, agent: Agent):
    lifecycle.pause_agent(cast.lea, agent, why="It labelled too much")
    assert (agent.state, agent.stops.get().because) == (Agent.State.PAUSED, "It labelled too much")
    with pytest.raises(ValidationError, match="cannot take tasks"):
        tasks.queue(cast.mia, agent, instruction="Go")
    lifecycle.resume_agent(cast.mia, agent)
    assert agent.state == Agent.State.ACTIVE
    with pytest.raises(ValidationError, match="is not stopped"):
        lifecycle.resume_agent(cast.mia, agent)


def test_handing_over_moves_every_right(cast: Cast, agent: Agent):
    lifecycle.hand_over_agent(cast.mia, agent, owner=cast.lea)
    assert agent.owner == cast.lea
    assert rights(cast.lea, agent) == {"view", "operate", "stop", "manage"}
    assert rights(cast.mia, agent) == {"view"}
    assert Entry.objects.get(event="agent.handed_over").details == {
        "before": "Mia Park",
        "after": "Lea Brandt",
    }


def test_handing_over_is_refused(cast: Cast, agent: Agent):
    with pytest.raises(ValidationError, match="is not in Support"):
        lifecycle.hand_over_agent(cast.mia, agent, owner=cast.olga)
    with pytest.raises(ValidationError, match="owns this agent already"):
        lifecycle.hand_over_agent(cast.mia, agent, owner=cast.mia)
    people.deactivate(cast.ada, cast.lea)
    with pytest.raises(ValidationError, match="has left"):
        lifecycle.hand_over_agent(cast.mia, agent, owner=cast.lea)


def test_no_mailbox_changes_hands_with_an_agent(cast: Cast):
    agent, box = builders.triage(cast)
    path = builders.maildir(cast.mia.email)
    mine = connections.add(
        cast.mia, kind="mail", name="Mine", settings={"path": str(path), "address": cast.mia.email}
    )
    own = builders.grant(agent, mine, "mail.read", by=cast.mia)
    lifecycle.hand_over_agent(cast.mia, agent, owner=cast.lea)
    own.refresh_from_db()
    assert own.state == Grant.State.REVOKED
    assert agent.grants.live().count() == len(box.connector.capabilities)


def test_a_retired_agent_has_no_grants_no_tasks_and_no_way_back(cast: Cast):
    agent, box = builders.triage(cast)
    task = tasks.queue(cast.mia, agent, instruction="Triage")
    lifecycle.retire_agent(cast.mia, agent)
    task.refresh_from_db()
    assert task.state == TaskState.CANCELLED
    assert not agent.grants.holding().exists()
    assert Entry.objects.filter(event="grant.revoked").count() == len(box.connector.capabilities)
    assert Entry.objects.about(agent).exists()
    refused = [
        lambda: lifecycle.retire_agent(cast.mia, agent),
        lambda: lifecycle.resume_agent(cast.mia, agent),
        lambda: lifecycle.pause_agent(cast.mia, agent),
        lambda: actions.edit(cast.mia, agent, name="Again"),
        lambda: actions.go_live(cast.mia, agent),
        lambda: lifecycle.share_agent(cast.mia, agent, reader=cast.olga, level=Level.VIEWER),
        lambda: lifecycle.hand_over_agent(cast.mia, agent, owner=cast.lea),
    ]
    for act in refused:
        with pytest.raises(ValidationError, match="is retired"):
            act()


def test_when_a_person_leaves_their_agents_stop_and_grants_on_what_is_theirs_are_suspended(cast: Cast):
    agent, _ = builders.triage(cast)
    path = builders.maildir(cast.mia.email)
    mine = connections.add(
        cast.mia, kind="mail", name="Mine", settings={"path": str(path), "address": cast.mia.email}
    )
    other = builders.agent(cast.lea, cast.support, name="Lea's")
    lent = builders.grant(other, mine, "mail.read", by=cast.mia)
    people.deactivate(cast.ada, cast.mia)
    agent.refresh_from_db()
    lent.refresh_from_db()
    assert (agent.state, lent.state) == (Agent.State.PAUSED, Grant.State.SUSPENDED)
    assert not agent.grants.live().exists()
    with pytest.raises(ValidationError, match="Hand the agent over first"):
        lifecycle.resume_agent(cast.lea, agent)


def test_who_left_or_left_the_team_sees_nothing(cast: Cast, agent: Agent):
    membership = cast.lea.memberships.get()
    teams.end_membership(cast.ada, membership)
    assert not Agent.objects.visible_to(cast.lea).exists()
    assert not agent.permits(cast.lea, AgentPermission.VIEW)
    cast.mia.is_active = False
    cast.mia.save()
    assert not Agent.objects.visible_to(cast.mia).exists()
    assert rights(cast.mia, agent) == set()
