"""What happened in a connected system, for schedules that wait for it. A look is decided like the agent's own call."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone

from agents.authority import barred
from agents.connections.models import Connection
from agents.connectors.base import EventKind, News, Watch
from agents.grants.models import Grant
from agents.policy.decide import decide
from agents.policy.evaluation import Evaluation
from agents.policy.facts import Facts, Request, Verdict
from agents.policy.rules import against_everything, against_holding
from agents.registry.models import Agent
from agents.stops.models import Stop
from portal.people.models import Person


@dataclass(frozen=True, slots=True)
class Look:
    """Who would be told of which event, where. ``cursor`` is that of the look before."""

    agent: Agent
    person: Person
    connection: Connection
    event: str
    place: str
    cursor: Any = None

    @property
    def kind(self) -> EventKind | None:
        return next((kind for kind in self.connection.connector.events if kind.name == self.event), None)


def may_look(look: Look) -> bool:
    """Could the agent look there itself now, without asking, in a task of this person?"""
    kind = look.kind
    capability = look.connection.connector.capability(kind.needs) if kind else None
    if kind is None or capability is None:
        return False
    facts = _facts(look, kind.needs)
    if kind.argument:
        request = Request(kind.needs, look.connection.pk, {kind.argument: look.place}, capability)
        return decide(Evaluation(request, facts)).verdict is Verdict.ALLOW
    if list(against_everything(facts)):
        return False
    return any(not list(against_holding(grant, capability, facts)) for grant in facts.grants)


def look_at(look: Look) -> News | None:
    """None: it may not be looked at now. Raises ConnectorError where the connection cannot be."""
    if not may_look(look):
        return None
    watch = Watch(look.event, look.place, look.agent.pk, look.agent.name, look.person.pk, look.cursor)
    return look.connection.connector.news(look.connection.context(), watch)


def _facts(look: Look, needs: str) -> Facts:
    place, agent = look.connection.pk, Agent.objects.select_related("owner").get(pk=look.agent.pk)
    stops = Stop.objects.against(connection=place, capability=needs, agent=agent.pk, task=0)
    grants = Grant.objects.live().filter(agent=agent, capability=needs, connection=place)
    return Facts(
        now=timezone.now(),
        agent_state=agent.state,
        owner_active=agent.owner.is_active,
        task_state="running",
        barred=barred(look.person.pk, agent.pk),
        anothers=str(Connection.objects.whose(place, look.person.pk) or ""),
        connection_active=Connection.objects.active().filter(pk=place).exists(),
        stops=tuple(stop.fact() for stop in stops.for_reading()),
        grants=tuple(grant.fact() for grant in grants),
        company_domains=frozenset(settings.COMPANY_DOMAINS),
    )
