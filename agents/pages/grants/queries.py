"""Queries of the grants' pages."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from agents.connections.models import Connection
from agents.connectors import capability_title
from agents.events import Event
from agents.grants import terms
from agents.grants.limits import sentence
from agents.grants.models import Grant, GrantRequest
from agents.grants.words import Meaning, meaning, status
from agents.policy.declarations import Effect
from agents.registry.models import Agent
from portal.audit.models import Entry
from portal.people.models import Person
from portal.words import plural


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A grant in words: its state (tag, word, sentence), what it is for, its limits, when a person answers."""

    grant: Grant
    tag: str
    word: str
    sentence: str
    may_revoke: bool

    @property
    def title(self) -> str:
        return capability_title(self.grant.capability)

    @property
    def limits(self) -> str:
        declared = self.grant.declared
        return sentence(declared, self.grant.limits) if declared else ""

    @property
    def means(self) -> Meaning | None:
        declared = self.grant.declared
        return meaning(declared, limited=bool(self.grant.limits)) if declared else None

    @property
    def changed(self) -> bool:
        """The declaration is another than the one that was granted."""
        declared = self.grant.declared
        return self.grant.live and (declared is None or declared.digest != self.grant.declaration)

    @property
    def restrictions(self) -> list[str]:
        return terms.restrictions(self.grant.terms)

    @property
    def besides(self) -> list[str]:
        """Hours, uses, who answers."""
        return terms.in_words(self.grant.declared, self.grant.terms)

    @property
    def asks(self) -> str:
        """When a person answers, be it that the grant says so or the declaration."""
        declared = self.grant.declared
        said = terms.asks(declared, self.grant.terms)
        if said or declared is None:
            return said
        match declared.effect:
            case Effect.DESTRUCTIVE:
                return terms.EACH_TIME
            case Effect.READ:
                return "does not ask"
        return "asks about anything that neither its limits nor the instruction name"

    @property
    def asks_each_time(self) -> bool:
        return self.asks.endswith("each time")


def grant_rows(grants: Iterable[Grant], person: Person | None = None) -> list[GrantRow]:
    """``person``: of whom each says whether they may revoke it."""
    rows, now = list(grants), timezone.now()
    revocable = _revocable_by(person, rows) if person else ()
    return [
        GrantRow(
            grant,
            *status(grant.state, grant.ends_at, now, grant.uses_left),
            may_revoke=grant.pk in revocable,
        )
        for grant in rows
    ]


def _revocable_by(person: Person, grants: list[Grant]) -> set[int]:
    """Two queries, however many grants there are."""
    agents = {grant.agent_id for grant in grants}
    places = {grant.connection_id for grant in grants}
    managed = set(Agent.objects.managed_by(person).filter(pk__in=agents).values_list("pk", flat=True))
    granted = set(Connection.objects.grantable_by(person).filter(pk__in=places).values_list("pk", flat=True))
    return {
        grant.pk
        for grant in grants
        if not grant.over and (grant.agent_id in managed or grant.connection_id in granted)
    }


def preview(request: HttpRequest) -> QueryDict | None:
    """The form as it is now, sent by htmx so that its button can say what it will do."""
    return request.POST if request.htmx and "until" in request.POST else None  # type: ignore[attr-defined]


def held(agent: Agent, connection: Connection) -> dict[str, Grant]:
    """What the agent has, or waits for, on the connection: the newest grant of each capability."""
    rows = Grant.objects.holding().filter(agent=agent, connection=connection).order_by("id")
    return {grant.capability: grant for grant in rows}


def history(grant: Grant) -> QuerySet[Entry]:
    """The entries of a grant and of the request it came from, oldest first; its own tells the decision."""
    own = Q(target_type=Grant._meta.model_name, target_id=grant.pk)
    asked = Q(target_type=GrantRequest._meta.model_name, target_id=grant.request_id)
    return Entry.objects.filter(own | asked).exclude(event=Event.GRANTS_DECIDED).order_by("id")


def own_calls(grant: Grant, person: Person) -> list[tuple[str, int]]:
    """How many calls the person's own tasks made under the grant, by what became of them: (word, number)."""
    counted = (
        grant.calls.filter(task__person=person)
        .order_by()
        .values_list("state")
        .annotate(number=Count("pk"))
        .order_by("state")
    )
    words = dict(grant.calls.model.State.choices)
    return [(words[state], number) for state, number in counted]


def decided(asked: GrantRequest, granted: int) -> str:
    """What a decision did, for the one who took it."""
    if not granted:
        return f"Declined. {asked.requested_by} sees your note."
    return f"Granted {plural(granted, 'capability', 'capabilities')} to {asked.agent} on {asked.connection}."
