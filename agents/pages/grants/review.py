"""Reviews grants: the live ones on a connection or of an agent, and those worth renewing."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count
from django.utils import timezone

from agents.connections.models import Connection
from agents.connectors import catalogue
from agents.grants import terms
from agents.grants.limits import sentence
from agents.grants.models import Grant, GrantQuerySet
from agents.grants.words import USED_WITHIN, upper_first
from agents.policy.asking import asked_each_time
from agents.policy.declarations import Effect
from agents.registry.models import Agent
from portal.people.models import Person


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One grant as a review shows it. ``clauses``: limits, hours, uses; ``asks``: when a person answers."""

    grant: Grant
    title: str
    clauses: tuple[str, ...]
    asks: str
    asks_each_time: bool
    may_revoke: bool


def capability_title(name: str) -> str:
    declared = catalogue().get(name)
    return upper_first(declared.title) if declared else name


def reviewed(grants: Iterable[Grant], person: Person) -> list[Reviewed]:
    """With what each of them says, and whether the person may take it back: two queries, however many."""
    rows = list(grants)
    revocable = revocable_by(person, rows)
    return [_reviewed(grant, grant.pk in revocable) for grant in rows]


def revocable_by(person: Person, grants: list[Grant]) -> set[int]:
    agents = {grant.agent_id for grant in grants}
    places = {grant.connection_id for grant in grants}
    managed = set(Agent.objects.managed_by(person).filter(pk__in=agents).values_list("pk", flat=True))
    granted = set(Connection.objects.grantable_by(person).filter(pk__in=places).values_list("pk", flat=True))
    return {
        grant.pk
        for grant in grants
        if not grant.over and (grant.agent_id in managed or grant.connection_id in granted)
    }


def _reviewed(grant: Grant, may_revoke: bool) -> Reviewed:
    declared = grant.declared
    said = terms.in_words(declared, grant.terms)
    limits = sentence(declared, grant.limits) if declared else ""
    answers = [text for text in said if "answers" in text]
    asks = answers[0] if answers else ""
    if declared and not asks:
        if any(asked_each_time(declared, grant.fact())):
            asks = "asks a person each time"
        elif declared.effect is Effect.READ:
            asks = "does not ask"
        else:
            asks = "asks about anything that neither its limits nor the instruction name"
    return Reviewed(
        grant=grant,
        title=capability_title(grant.capability),
        clauses=tuple(filter(None, [limits or "no limits", *(text for text in said if text not in answers)])),
        asks=asks,
        asks_each_time=asks.endswith("each time"),
        may_revoke=may_revoke,
    )


def live_on(connection: Connection) -> GrantQuerySet:
    """What holds on the connection this moment, by capability, those that end first first."""
    rows: GrantQuerySet = connection.grants.live()
    return rows.select_related("agent__owner", "connection").order_by("capability", "ends_at", "id")


def live_of(agent: Agent) -> GrantQuerySet:
    rows: GrantQuerySet = agent.grants.live()
    return rows.select_related("agent__owner", "connection").order_by("connection__name", "capability", "id")


def counts(grants: GrantQuerySet) -> dict[str, int]:
    """How many there are of each capability."""
    return dict(grants.order_by("capability").values_list("capability").annotate(Count("pk")))


@dataclass(frozen=True, slots=True)
class Renewal:
    """The last grant of each capability: used lately, or not and therefore left out."""

    used: list[Grant]
    unused: list[Grant]


def renewal(agent: Agent, connection: Connection) -> Renewal:
    """Live, suspended, or ended within the last 30 days; revoked ones are not renewed."""
    now = timezone.now()
    rows = agent.grants.filter(connection=connection, decided_at__isnull=False).order_by("id")
    last: dict[str, Grant] = {}
    for grant in rows.exclude(state=Grant.State.DENIED).select_related("agent", "connection"):
        last[grant.capability] = grant
    held = [grant for grant in last.values() if grant.renewable and grant.ends_at > now - USED_WITHIN]
    lately = [grant.last_used_at is not None and grant.last_used_at > now - USED_WITHIN for grant in held]
    pairs = list(zip(held, lately, strict=True))
    offered = [grant for grant, used in pairs if used and grant.declared]
    return Renewal(offered, [grant for grant, _ in pairs if grant not in offered])
