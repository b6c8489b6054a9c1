"""Which calls a correction is about, and what a person can choose when asking for one."""

from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, Sum

from metering.disputes.models import CorrectionRequest
from metering.privacy import visibility
from metering.privacy.visibility import Viewer
from metering.usage import queries
from metering.usage.models import UsageEvent, UsageEventQuerySet
from portal.people.models import Person


def events_of(asked: CorrectionRequest) -> UsageEventQuerySet:
    """The person's calls in the named span, of those they had when it was asked, with later corrections of these."""
    events = _named(asked).annotate(event=queries.EVENT)
    same = {name: OuterRef(name) for name in ("person", "at", "source", "event")}
    then = UsageEvent.objects.annotate(event=queries.EVENT).filter(**same, id__lte=asked.latest_event)
    return events.filter(Q(id__lte=asked.latest_event) | Exists(then))


def latest(asked: CorrectionRequest) -> int:
    """The number of the last row that stands in the span now; 0 where there is none."""
    return int(_named(asked).aggregate(latest=Max("id", default=0))["latest"])


def _named(asked: CorrectionRequest) -> UsageEventQuerySet:
    events = UsageEvent.objects.within(_own(asked.person_id)).during(asked.period)
    if asked.agent_id is not None:
        events = events.filter(agent_id=asked.agent_id or None)
    if asked.model:
        events = events.filter(provider=asked.provider, model=asked.model)
    return events


def counts(asked: CorrectionRequest) -> bool:
    """Is there anything of it in the person's usage, after what was corrected before?"""
    return next(queries.standing_in(events_of(asked)), None) is not None


def agents(person: Person) -> list[tuple[int, str]]:
    """Agents in the person's calls that the ledger still has, by name; 0: calls of no agent of this portal."""
    rows = _some_of(person, "agent_id", "agent_name")
    return sorted(
        {(pk or 0, name or "No agent of this portal") for pk, name in rows},
        key=lambda agent: agent[1].lower(),
    )


def models(person: Person) -> list[str]:
    """The models in the person's calls, as ``provider:model``."""
    rows = _some_of(person, "provider", "model")
    return sorted(f"{provider}:{model}" for provider, model in rows)


def _some_of(person: Person, *fields: str) -> list[tuple[Any, ...]]:
    """What the person's calls have in these fields, without what was corrected away."""
    rows = UsageEvent.objects.within(_own(person.pk)).order_by().values(*fields)
    return list(rows.annotate(calls=Sum("requests")).filter(calls__gt=0).values_list(*fields))


def _own(person: int) -> visibility.Scope:
    return visibility.own(Viewer(person))
