"""Verbs on a whole agent: share, hand over, pause, resume, retire. Its tasks, grants and stops follow."""

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from agents.events import Event
from agents.lifecycle import halting
from agents.lifecycle.grants import revoke_grant
from agents.lifecycle.tasks import cancel_barred, cancel_task
from agents.permissions import AgentPermission, Level
from agents.queue.models import Task
from agents.registry.models import Agent
from agents.registry.shares import give, take
from agents.stops.holding import stops, while_stopping
from agents.stops.models import Stop
from portal.audit.record import action, detail
from portal.notices.people import others, who
from portal.notices.telling import settle, tell
from portal.people.models import Person
from portal.reasons import Stored, because, public
from portal.teams.models import Team


@action(Event.AGENT_SHARED)
def share_agent(actor: Person, agent: Agent, *, reader: Person | Team, level: Level) -> Agent:
    """Share with a person or a team; a second time changes the level. Tasks of people who lose the agent by it end."""
    agent.refuse_retired()
    holder = _holder(agent, reader)
    take(agent, holder)
    give(agent, holder, level)
    detail(reader=str(reader), level=level.value)
    cancel_barred(Task.objects.filter(agent=agent))
    told, people = {"who": str(actor), "agent": str(agent)}, others(_people(reader), actor)
    settle(agent, "agent.shared", people=people)
    tell(people, "agent.shared", agent, agent.get_absolute_url(), level=level.label.lower(), **told)
    return agent


@action(Event.AGENT_UNSHARED)
def unshare_agent(actor: Person, agent: Agent, *, reader: Person | Team) -> Agent:
    """End a share. Tasks of people who had the agent only by this share end."""
    holder = _holder(agent, reader)
    take(agent, holder)
    detail(reader=str(reader))
    cancel_barred(Task.objects.filter(agent=agent))
    settle(agent, "agent.shared", people=_people(reader))
    _tell_lost(actor, agent, _people(reader))
    return agent


@action(Event.AGENT_HANDED_OVER)
def hand_over_agent(actor: Person | str, agent: Agent, *, owner: Person) -> Agent:
    """Make another person accountable. The former owner keeps no rights but those of their teams; their tasks end.

    Grants on personal connections end, but for the new owner's: no mailbox changes hands with an agent.
    """
    # The owner of this moment loses the agent, not whom a page drawn earlier showed.
    agent.refresh_from_db(from_queryset=Agent.objects.select_for_update(of=("self",), no_key=True))
    agent.refuse_retired()
    if not owner.is_active:
        raise ValidationError(f"{owner} has left and cannot own an agent.")
    if owner == agent.owner:
        raise ValidationError(f"{owner} owns this agent already.")
    if not Team.objects.of(owner).filter(pk=agent.team_id).exists():
        raise ValidationError(
            f"{owner} is not in {agent.team}. Only a member of the team can own its agents."
        )
    detail(before=str(agent.owner), after=str(owner))
    before = agent.owner
    take(agent, before)
    take(agent, owner)
    give(agent, owner, Level.MANAGER)
    agent.owner = owner
    agent.save(update_fields=["owner", "changed_at"])
    for grant in agent.grants.on_personal_connections().exclude(connection__person=owner):
        revoke_grant(actor, grant, cause=because("agent_handed_over", owner=str(owner)))
    cancel_barred(Task.objects.filter(agent=agent))
    settle(agent, "agent.given")
    told = {"who": who(actor), "agent": str(agent)}
    tell(others([owner], actor), "agent.given", agent, agent.get_absolute_url(), **told)
    link = (
        agent.get_absolute_url()
        if before in agent.holders(AgentPermission.VIEW)
        else reverse("registry:list")
    )
    tell(
        others([before], actor),
        "agent.passed",
        agent,
        link,
        key=str(timezone.now()),
        owner=str(owner),
        **told,
    )
    return agent


@stops
@action(Event.AGENT_PAUSED)
def pause_agent(
    actor: Person | str, agent: Agent, *, why: str = "", cause: Stored | None = None, runaway: bool = False
) -> Agent:
    """Stop the agent: every further call is refused until it is resumed. A task that is worked on ends, others wait.

    ``why``: a person's words; ``cause``: the portal's own reason. ``runaway``: for what it spends; then everybody who
    may stop it may lift that.
    Raises ValidationError where it is stopped already.
    """
    while_stopping()
    agent.refuse_retired()
    detail(why=public(cause) if cause else why)
    halting.begin(actor, Stop(scope="agent", agent=agent, why=why[:200], cause=cause or {}, runaway=runaway))
    return _set_state(agent, Agent.State.PAUSED)


@stops
@action(Event.AGENT_TASKS_ENDED)
def end_agent_tasks(actor: Person, agent: Agent) -> Agent:
    """Stop all that is under way, for anybody, and let the agent go on. The entry does not say how much it was."""
    while_stopping()
    under_way = list(Task.objects.filter(agent=agent).under_way().order_by("pk"))
    if not under_way:
        raise ValidationError(f"{agent} has no running task.")
    for task in under_way:
        cancel_task(actor, task)
    return agent


@action(Event.AGENT_RESUMED)
def resume_agent(actor: Person, agent: Agent) -> Agent:
    """Lift the stop of the agent. Raises ValidationError saying who may, where ``actor`` may not."""
    if not agent.owner.is_active:
        raise ValidationError(f"{agent.owner}, its owner, has left. Hand the agent over first.")
    agent.refuse_retired()
    if agent.state == Agent.State.ACTIVE:
        raise ValidationError(f"{agent} is not stopped, so there is nothing to resume.")
    for stop in Stop.objects.active().filter(agent=agent).for_reading():
        halting.end(actor, stop)
    return _set_state(agent, Agent.State.ACTIVE)


@stops
@action(Event.AGENT_RETIRED)
def retire_agent(actor: Person, agent: Agent) -> Agent:
    """The end of an agent: grants revoked, tasks under way stopped, history kept. This cannot be undone."""
    while_stopping()
    agent.refuse_retired()
    for grant in agent.grants.holding().select_related("connection"):
        revoke_grant(actor, grant, cause=because("agent_retired"))
    for task in Task.objects.filter(agent=agent).under_way():
        cancel_task(actor, task)
    halting.end_all(actor, Stop.objects.active().filter(agent=agent))
    settle(agent, "agent.given", "agent.shared")
    return _set_state(agent, Agent.State.RETIRED)


def _people(reader: Person | Team) -> list[Person]:
    return (
        list(Person.objects.active().filter(groups=reader.group_id)) if isinstance(reader, Team) else [reader]
    )


def _tell_lost(actor: Person | str, agent: Agent, people: list[Person]) -> None:
    """Those of them who have it by no other share."""
    keep = set(agent.holders(AgentPermission.VIEW).values_list("pk", flat=True))
    lost = others((person for person in people if person.pk not in keep), actor)
    key = str(timezone.now())
    tell(lost, "agent.lost", agent, reverse("registry:list"), key=key, who=who(actor), agent=str(agent))


def _holder(agent: Agent, reader: Person | Team) -> Person | Group:
    """Whose right it is; never the owner's."""
    holder: Person | Group = reader.group if isinstance(reader, Team) else reader
    if holder == agent.owner:
        raise ValidationError("The owner always manages the agent. Hand it over to change that.")
    return holder


def _set_state(agent: Agent, state: Agent.State) -> Agent:
    agent.state = state
    agent.save(update_fields=["state", "changed_at"])
    return agent
