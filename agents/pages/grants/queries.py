"""Queries of the grants' pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from agents.connections.models import Connection
from agents.events import Event
from agents.grants import terms
from agents.grants.limits import sentence
from agents.grants.models import Grant, GrantRequest
from agents.grants.words import Meaning, meaning, status, upper_first
from agents.registry.models import Agent
from portal.audit.models import Entry
from portal.people.models import Person
from portal.words import plural


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A grant in words: its state (tag, word, sentence), what it is for, its limits."""

    grant: Grant
    tag: str
    word: str
    stands: str
    title: str
    limits: str
    means: Meaning | None
    changed: bool  # the declaration is another than the one that was granted
    besides: tuple[str, ...] = ()  # hours, uses, who answers

    @classmethod
    def of(cls, grant: Grant, now: datetime) -> "GrantRow":
        declared = grant.declared
        tag, word, stands = status(grant.state, grant.ends_at, now, grant.uses_left)
        return cls(
            grant=grant,
            tag=tag,
            word=word,
            stands=stands,
            title=upper_first(declared.title) if declared else grant.capability,
            limits=sentence(declared, grant.limits) if declared else "",
            means=meaning(declared, limited=bool(grant.limits)) if declared else None,
            changed=grant.live and (declared is None or declared.digest != grant.declaration),
            besides=tuple(terms.in_words(declared, grant.terms)),
        )


def grant_rows(grants: Iterable[Grant]) -> list[GrantRow]:
    now = timezone.now()
    return [GrantRow.of(grant, now) for grant in grants]


def preview(request: HttpRequest) -> QueryDict | None:
    """The form as it is now, sent by htmx so that its button can say what it will do."""
    return request.POST if request.htmx and "until" in request.POST else None  # type: ignore[attr-defined]


def held(agent: Agent, connection: Connection) -> dict[str, Grant]:
    """What the agent has, or waits for, on the connection: the newest grant of each capability."""
    rows = Grant.objects.holding().filter(agent=agent, connection=connection).order_by("id")
    return {grant.capability: grant for grant in rows}


def life(grant: Grant) -> QuerySet[Entry]:
    """The entries of a grant and of the request it came from, oldest first; its own tells the decision."""
    own = Q(target_type=Grant._meta.model_name, target_id=grant.pk)
    asked = Q(target_type=GrantRequest._meta.model_name, target_id=grant.request_id)
    return Entry.objects.filter(own | asked).exclude(event=Event.GRANTS_DECIDED).order_by("id")


def calls(grant: Grant, person: Person) -> list[tuple[str, int]]:
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
