"""Verbs on agents: register, edit, go live, go back to shadow. Verbs that reach further are in ``lifecycle``."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone

from agents.events import Event
from agents.permissions import AgentPermission, Level
from agents.registry.live_yes import say_yes
from agents.registry.models import MOST, Agent
from agents.registry.shares import give
from portal.audit.record import action, also, detail
from portal.naming import refuse_alike
from portal.people.models import Person
from portal.reasons import because
from portal.teams.models import Team

# They change what the agent does: a decision to let it go live was about what they were before.
DECIDES_WHAT_IT_DOES = ("name", "purpose", "model", "instructions")
EDITABLE = (*DECIDES_WHAT_IT_DOES, *MOST, "most_at_once")


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
    **limits: int | None,
) -> Agent:
    """A new agent in shadow mode, owned by ``actor``, seen by its team. May raise ValidationError."""
    if not Team.objects.of(actor).filter(pk=team.pk).exists():
        raise ValidationError(
            {"team": f"You are not in {team}. You can register agents only in your own teams."}
        )
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
    give(agent, actor, Level.MANAGER)
    give(agent, team.group, Level.VIEWER)
    detail(team=str(team), model=model, mode=agent.mode)
    return agent


@action(Event.AGENT_EDITED)
def edit(actor: Person, agent: Agent, **changes: object) -> Agent:
    """Change fields of ``EDITABLE``; the entry names which. Raises ValidationError.

    Another model, and other words that the model reads, put a live agent back into shadow.
    """
    agent.refuse_retired()
    changed = [name for name, value in changes.items() if _lines(getattr(agent, name)) != _lines(value)]
    for name in changed:
        if name not in EDITABLE:
            raise ValueError(f"{name} is not changed by editing")
        setattr(agent, name, changes[name])
    _save(agent, *changed)
    detail(changed=changed)
    other = [f"the {name}" for name in DECIDES_WHAT_IT_DOES if name in changed]
    if other and _set_shadow(agent):
        also(Event.AGENT_WENT_SHADOW, agent, why=because("edited", what=other))
    return agent


def _lines(value: object) -> object:
    """A browser sends other line ends than were stored; that is no change."""
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def _save(agent: Agent, *changed: str) -> None:
    agent.full_clean()
    refuse_alike(agent, Agent.objects.filter(team=agent.team))
    agent.save(update_fields=[*changed, "changed_at"] if changed else None)


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
    agent.refuse_retired()
    places = list(agent.undecided().grantable_by(actor))
    if not places:
        if agent.mode == Agent.Mode.LIVE:
            raise ValidationError(f"{agent} acts for real already. {agent.live_by} decided that.")
        raise ValidationError(
            f"You are not an admin of any connection that {agent} uses, so you cannot let "
            "it act for real. An admin of the connection can."
        )
    if as_seen is not None and agent.changed_at != as_seen:
        raise ValidationError(f"{agent} was changed in the meantime. Look at it again, then decide.")
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
    """People who may stop or manage it put all of it back, others only the connections on which they grant."""
    agent.refuse_retired()
    if agent.rights_of(actor) & {AgentPermission.MANAGE, AgentPermission.STOP}:
        moved = _set_shadow(agent)
    else:
        theirs = agent.decided_on(actor).filter(pk__in=agent.lives_on())
        detail(on=[str(place) for place in theirs])
        moved = bool(agent.yeses.current().filter(connection__in=theirs).update(ended_at=timezone.now()))
        if moved and not agent.lives_on():
            _set_shadow(agent)
    if not moved:
        raise ValidationError(f"{agent} is in a trial run already.")
    return agent


def _set_shadow(agent: Agent) -> bool:
    """False: it was not live."""
    rows = Agent.objects.filter(pk=agent.pk, mode=Agent.Mode.LIVE)
    moved = rows.update(mode=Agent.Mode.SHADOW, live_by=None, live_at=None, changed_at=timezone.now())
    agent.yeses.current().update(ended_at=timezone.now())
    agent.refresh_from_db()
    return bool(moved)
