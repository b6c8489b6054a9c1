"""What can be done to agents: register, edit, share, hand over, stop, resume, go live, retire."""

from collections.abc import Mapping
from datetime import datetime

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from guardian.shortcuts import assign_perm, remove_perm

from agents.events import Event
from agents.permissions import LEVELS, AgentPermission, Level
from agents.queue.closing import close_barred
from agents.queue.models import Task
from agents.registry.live_yes import say_yes
from agents.registry.models import Agent
from portal.audit.record import action, also, detail
from portal.naming import refuse_alike
from portal.people.models import Person
from portal.reasons import Stored, because, public
from portal.teams.models import Team

LIMITS = ("max_steps", "max_tokens", "max_cost_micros", "max_seconds", "max_asks")
EDITABLE = ("name", "purpose", "model", "instructions", *LIMITS)
# They change what the agent does: a decision to let it go live was about what they were before.
DECIDES_WHAT_IT_DOES = {one: f"the {one}" for one in ("name", "purpose", "model", "instructions")}


@action(Event.AGENT_REGISTERED)
def register(
    actor: Person,
    *,
    name: str,
    purpose: str,
    team: Team,
    model: str,
    instructions: str = "",
    ready_made: str = "",
    **limits: int,
) -> Agent:
    """A new agent in shadow mode, owned by ``actor``, seen by its team. May raise ValidationError."""
    if not Team.objects.of(actor).filter(pk=team.pk).exists():
        raise ValidationError({"team": f"You are not in {team}. An agent belongs to a team of its owner."})
    agent = Agent(
        name=name.strip(),
        purpose=purpose.strip(),
        team=team,
        owner=actor,
        model=model,
        instructions=instructions,
        ready_made=ready_made,
        **limits,
    )
    _save(agent)
    _give(agent, actor, Level.MANAGER)
    _give(agent, team.group, Level.VIEWER)
    detail(team=str(team), model=model, mode=agent.mode)
    return agent


@action(Event.AGENT_EDITED)
def edit(actor: Person, agent: Agent, **changes: object) -> Agent:
    """Change fields of ``EDITABLE``; the entry names which. Raises ValidationError.

    Another model, and other words that the model reads, put a live agent back into shadow.
    """
    _not_retired(agent)
    changed = [name for name, value in changes.items() if _lines(getattr(agent, name)) != _lines(value)]
    for name in changed:
        if name not in EDITABLE:
            raise ValueError(f"{name} is not changed by editing")
        setattr(agent, name, changes[name])
    _save(agent, *changed)
    detail(changed=changed)
    other = [words for name, words in DECIDES_WHAT_IT_DOES.items() if name in changed]
    if other and _set_shadow(agent):
        also(Event.AGENT_WENT_SHADOW, agent, why=because("edited", what=other))
    return agent


def _lines(value: object) -> object:
    """A browser sends other line ends than were stored; that is no change."""
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def _save(agent: Agent, *changed: str) -> None:
    """Raises ValidationError also when somebody takes the name between the check and the save."""
    agent.full_clean()
    refuse_alike(agent, Agent.objects.filter(team=agent.team))
    try:
        with transaction.atomic():
            agent.save(update_fields=[*changed, "changed_at"] if changed else None)
    except IntegrityError:
        raise ValidationError({"name": "The team has an agent of this name already."}) from None


@action(Event.AGENT_SHARED)
def share(actor: Person, agent: Agent, *, reader: Person | Team, level: Level) -> Agent:
    """Share with a person or a team; a second time changes the level. Tasks of whom it takes the agent from end."""
    _not_retired(agent)
    holder = reader.group if isinstance(reader, Team) else reader
    if holder == agent.owner:
        raise ValidationError("The owner always manages the agent. Hand it over to change that.")
    _take(agent, holder)
    _give(agent, holder, level)
    detail(reader=str(reader), level=level.value)
    close_barred(Task.objects.filter(agent=agent))
    return agent


@action(Event.AGENT_UNSHARED)
def unshare(actor: Person, agent: Agent, *, reader: Person | Team) -> Agent:
    """End a share. Tasks of people who had the agent by it alone end with it."""
    holder = reader.group if isinstance(reader, Team) else reader
    if holder == agent.owner:
        raise ValidationError("The owner always manages the agent. Hand it over to change that.")
    _take(agent, holder)
    detail(reader=str(reader))
    close_barred(Task.objects.filter(agent=agent))
    return agent


def _give(agent: Agent, holder: Person | Group, level: Level) -> None:
    for permission in LEVELS[level]:
        assign_perm(permission, holder, agent)


def _take(agent: Agent, holder: Person | Group) -> None:
    for permission in AgentPermission:
        remove_perm(permission, holder, agent)


@action(Event.AGENT_HANDED_OVER)
def hand_over(actor: Person | str, agent: Agent, *, owner: Person) -> Agent:
    """Make somebody else accountable. The former owner keeps no rights but those of their teams; their tasks end.

    Grants on personal connections end, but for the new owner's: no mailbox changes hands with an agent.
    """
    from agents.grants import actions as grants

    # The owner of this moment loses the agent, not whom a page drawn earlier showed.
    agent.refresh_from_db(from_queryset=Agent.objects.select_for_update(of=("self",), no_key=True))
    _not_retired(agent)
    if not owner.is_active:
        raise ValidationError(f"{owner} has left and cannot own an agent.")
    if owner == agent.owner:
        raise ValidationError(f"{owner} owns this agent already.")
    if not Team.objects.of(owner).filter(pk=agent.team_id).exists():
        raise ValidationError(f"{owner} is not in {agent.team}. Only somebody of the team can own its agent.")
    detail(before=str(agent.owner), after=str(owner))
    _take(agent, agent.owner)
    _take(agent, owner)
    _give(agent, owner, Level.MANAGER)
    agent.owner = owner
    agent.save(update_fields=["owner", "changed_at"])
    for grant in agent.grants.on_personal_connections().exclude(connection__person=owner):
        grants.revoke(actor, grant, cause=because("agent_handed_over", owner=str(owner)))
    close_barred(Task.objects.filter(agent=agent))
    return agent


@action(Event.AGENT_PAUSED)
def pause(
    actor: Person | str, agent: Agent, *, why: str = "", cause: Stored | None = None, runaway: bool = False
) -> Agent:
    """Stop the agent: every further call is refused until it is resumed. A task that is worked on ends, others wait.

    ``why``: a person's words; ``cause``: the portal's own reason. ``runaway``: for what it spends; then everybody who
    may stop it may lift that.
    Raises ValidationError where it is stopped already.
    """
    from agents.stops import standing

    standing.while_stopping()
    _not_retired(agent)
    detail(why=public(cause) if cause else why)
    standing.stand(
        actor, standing.Stop(scope="agent", agent=agent, why=why[:200], cause=cause or {}, runaway=runaway)
    )
    return _set_state(agent, Agent.State.PAUSED)


@action(Event.AGENT_TASKS_ENDED)
def end_tasks(actor: Person, agent: Agent) -> Agent:
    """Stop all that is under way, for anybody, and let the agent go on. The entry does not say how much it was."""
    from agents.queue import actions as tasks
    from agents.stops import standing

    standing.while_stopping()
    under_way = list(Task.objects.filter(agent=agent).under_way().order_by("pk"))
    if not under_way:
        raise ValidationError(f"{agent} is working on nothing.")
    for task in under_way:
        tasks.cancel(actor, task)
    return agent


@action(Event.AGENT_RESUMED)
def resume(actor: Person, agent: Agent) -> Agent:
    """Lift the stop of the agent. Raises ValidationError saying who may, where ``actor`` may not."""
    from agents.stops import standing

    if not agent.owner.is_active:
        raise ValidationError(f"{agent.owner}, its owner, has left. Hand the agent over first.")
    _not_retired(agent)
    if agent.state == Agent.State.ACTIVE:
        raise ValidationError(f"{agent} is at work already.")
    for stop in standing.Stop.objects.standing().filter(agent=agent).for_reading():
        standing.end(actor, stop)
    return _set_state(agent, Agent.State.ACTIVE)


@action(Event.AGENT_WENT_LIVE)
def go_live(
    actor: Person,
    agent: Agent,
    *,
    as_seen: datetime | None = None,
    record: Mapping[str, object] | None = None,
) -> Agent:
    """From its next call on the agent does what its grants say where ``actor`` grants; elsewhere it stays in shadow.

    ``record``: the counts that were in view. ``as_seen`` is the agent's ``changed_at`` when it was looked at: one that
    was changed since stays as it is.
    """
    agent.refresh_from_db(from_queryset=Agent.objects.select_for_update(of=("self",), no_key=True))
    _not_retired(agent)
    places = list(agent.undecided().grantable_by(actor))
    if not places:
        if agent.mode == Agent.Mode.LIVE:
            raise ValidationError(f"{agent} is live already: {agent.live_by} let it go live.")
        raise ValidationError(f"You grant on nothing that {agent} may use, so you cannot let it go live.")
    if as_seen is not None and agent.changed_at != as_seen:
        raise ValidationError(f"{agent} was changed meanwhile. Look at it again, then decide.")
    if agent.mode != Agent.Mode.LIVE:
        agent.mode, agent.live_by, agent.live_at = Agent.Mode.LIVE, actor, timezone.now()
    agent.save(update_fields=["mode", "live_by", "live_at", "changed_at"])
    for place in places:
        say_yes(actor, agent, place)
    held = agent.grants.live().filter(connection__in=places).order_by("pk")
    detail(
        in_view=record, on=[str(place) for place in places], grants=list(held.values_list("pk", flat=True))
    )
    return agent


@action(Event.AGENT_WENT_SHADOW)
def go_shadow(actor: Person, agent: Agent) -> Agent:
    """Whoever may stop or manage it puts all of it back, others what they grant on."""
    _not_retired(agent)
    if agent.rights_of(actor) & {AgentPermission.MANAGE, AgentPermission.STOP}:
        moved = _set_shadow(agent)
    else:
        theirs = agent.decided_on(actor).filter(pk__in=agent.lives_on())
        detail(on=[str(place) for place in theirs])
        moved = bool(agent.yeses.current().filter(connection__in=theirs).update(ended_at=timezone.now()))
        if moved and not agent.lives_on():
            _set_shadow(agent)
    if not moved:
        raise ValidationError(f"{agent} is in shadow already.")
    return agent


@action(Event.AGENT_RETIRED)
def retire(actor: Person, agent: Agent) -> Agent:
    """The end of an agent: grants revoked, tasks under way stopped, history kept. There is no way back."""
    from agents.grants import actions as grants
    from agents.queue import actions as tasks
    from agents.stops import standing

    standing.while_stopping()
    _not_retired(agent)
    for grant in agent.grants.holding().select_related("connection"):
        grants.revoke(actor, grant, cause=because("agent_retired"))
    for task in Task.objects.filter(agent=agent).under_way():
        tasks.cancel(actor, task)
    standing.over(actor, standing.Stop.objects.standing().filter(agent=agent))
    return _set_state(agent, Agent.State.RETIRED)


def _set_state(agent: Agent, state: Agent.State) -> Agent:
    agent.state = state
    agent.save(update_fields=["state", "changed_at"])
    return agent


def _set_shadow(agent: Agent) -> bool:
    """False: it was not live."""
    rows = Agent.objects.filter(pk=agent.pk, mode=Agent.Mode.LIVE)
    moved = rows.update(mode=Agent.Mode.SHADOW, live_by=None, live_at=None, changed_at=timezone.now())
    agent.yeses.current().update(ended_at=timezone.now())
    agent.refresh_from_db()
    return bool(moved)


def _not_retired(agent: Agent) -> None:
    if agent.state == Agent.State.RETIRED:
        raise ValidationError(f"{agent} is retired; nothing about it changes any more.")
