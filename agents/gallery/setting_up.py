"""Sets a ready-made agent up: registered and with a request for each connection it needs, or none of it. One click."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from agents.connections.models import Connection
from agents.connectors.plugins import ReadyMade
from agents.gallery.needs import Need
from agents.grants import actions as grants
from agents.grants.models import Grant, GrantRequest
from agents.grants.terms import Terms
from agents.registry import actions as registry
from agents.registry.models import Agent
from portal.days import end_of
from portal.people.models import Person
from portal.teams.models import Team

DAYS = 30  # for which it is requested, where its capabilities allow that


def set_up(
    actor: Person,
    ready: ReadyMade,
    *,
    name: str,
    team: Team,
    model: str,
    places: Iterable[tuple[Need, Connection]],
) -> Agent:
    """The agent, in a trial run. On the actor's own connections it is a grant. Raises ValidationError."""
    with transaction.atomic():
        agent = registry.register(
            actor,
            name=name,
            purpose=ready.purpose,
            team=team,
            model=model,
            instructions=ready.instructions,
            ready_made=ready.key,
        )
        if chosen := list(places):
            request_all(actor, agent, chosen)
    return agent


def request_all(actor: Person, agent: Agent, places: Iterable[tuple[Need, Connection]]) -> int:
    """What it has not and nobody has requested yet, a request for each connection; how many. Raises ValidationError."""
    made = 0
    with transaction.atomic():
        for need, place in places:
            there = agent.grants.filter(
                connection=place, state__in=[Grant.State.REQUESTED, Grant.State.ACTIVE]
            )
            known = set(there.values_list("capability", flat=True))
            wanted = {one.name: Terms() for one in need.capabilities if one.name not in known}
            if not wanted:
                continue
            days = min(DAYS, *(one.max_days for one in need.capabilities))
            ends_at = end_of(timezone.localdate() + timedelta(days=days))
            why = f"{agent} is a ready-made agent: {agent.purpose[:1].lower()}{agent.purpose[1:]}."[:500]
            asked = grants.request(
                actor, agent=agent, connection=place, wanted=wanted, ends_at=ends_at, why=why
            )
            made += 1
            if place.person_id == actor.pk:
                _grant_to_oneself(actor, asked, ends_at)
    if not made:
        raise ValidationError(
            "There is nothing to request: it has all it needs, or somebody requested it already."
        )
    return made


def _grant_to_oneself(actor: Person, asked: GrantRequest, ends_at: datetime) -> None:
    granted = {grant.pk: grant.terms for grant in asked.grants.all()}
    grants.decide(actor, asked, granted=granted, ends_at=ends_at)
