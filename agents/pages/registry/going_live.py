"""What a person sees before an agent goes live: its mode, what would change, and a seal of what was in view."""

from collections.abc import Sequence
from typing import Any

from django.core import signing

from agents.card.card import Card, Line, card
from agents.events import Event
from agents.pages.registry.shadow_record import Agreement, agreements
from agents.permissions import ConnectionPermission
from agents.registry.models import Agent
from portal.audit.models import Entry
from portal.people.models import Person
from portal.reasons import OTHERS, Stored, because, render_reason

READ_WITHIN = 3600  # seconds: the page with the record was opened at most so long before the decision


def current_mode(agent: Agent) -> dict[str, Any]:
    """The agent's mode: since when, by whom, and why if the portal changed it."""
    live = agent.mode == Agent.Mode.LIVE
    events = [Event.AGENT_WENT_LIVE] if live else [Event.AGENT_WENT_SHADOW, Event.AGENT_REGISTERED]
    entry = Entry.objects.about(agent).filter(event__in=events).order_by("-id").first()
    return {
        "live": live,
        "since": agent.live_at or (entry.at if entry else None),
        "by": entry.actor_name if entry else str(agent.live_by or ""),
        "why": render_reason(entry.details.get("why"), OTHERS) if entry else "",
    }


def changes(agent: Agent, then: Card) -> list[Line]:
    """Lines of ``then``, the card of the agent if it were live, that differ from its card now."""
    now = {line.holding.fact.id: line.state for line in card(agent).lines}
    return [line for line in then.usable if now.get(line.holding.fact.id) != line.state]


def seal(agent: Agent, every: Sequence[Agreement]) -> str:
    """What is in view on the page that asks, so that the trail tells exactly that and not what a page could claim."""
    view = {agreement.capability: agreement.step for agreement in every}
    return signing.dumps([agent.changed_at.isoformat(), _grants(agent), view], salt=f"live.{agent.pk}")


def in_view(agent: Agent, sealed: str) -> dict[str, Stored] | None:
    """What was in view, by capability; None: nothing was, or the agent or its grants are others by now."""
    try:
        changed, grants, view = signing.loads(sealed, salt=f"live.{agent.pk}", max_age=READ_WITHIN)
    except signing.BadSignature:
        return None
    if [changed, grants] != [agent.changed_at.isoformat(), _grants(agent)]:
        return None
    return {name: because(step) for name, step in view.items()}


def _grants(agent: Agent) -> list[list[int]]:
    return [list(row) for row in agent.grants.live().order_by("pk").values_list("pk", "version")]


def decision(agent: Agent, person: Person) -> dict[str, Any]:
    every = agreements(agent, person)
    undecided = list(agent.undecided())
    mine = list(agent.undecided().grantable_by(person))
    then = card(agent, also_live=frozenset(place.pk for place in mine or undecided))
    return {
        "agent": agent,
        "decides": bool(mine),
        "places": agent.places(),
        "mine": mine,
        "others": [
            (place, place.holders(ConnectionPermission.GRANT)) for place in undecided if place not in mine
        ],
        "yeses": agent.yeses.current().select_related("connection", "by") if agent.lives_on() else [],
        "agreements": every,
        "then": then,
        "changes": changes(agent, then),
        "standing": current_mode(agent),
        "seen": seal(agent, every),
    }
