"""One's own usage, read once: page, CSV and JSON show what ``read`` returns and nothing else."""

from dataclasses import dataclass

from metering.disputes.models import CorrectionRequest
from metering.outcomes import counts
from metering.permits.models import Look, Permit
from metering.permits.repeats import RepeatedLook, grouped
from metering.privacy.visibility import Kind, Scope
from metering.reports import figures
from metering.rollups.periods import Period
from metering.rollups.sums import Usage, per_item
from metering.signals.caching import cached_in
from metering.signals.descriptions import LISTED, DescribedSignal, described
from portal.people.models import Person

LOOKS_READ, LOOKS_SHOWN = 50, 4
CORRECTIONS_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Own:
    """``items``: distinct verified ones. ``cached``: a share (``items.cache_share``). ``permits``: who may look now.
    ``looks``, ``corrections``: the latest few; ``more_…``: there are more."""

    usage: Usage
    items: int
    cached: float | None
    signals: list[DescribedSignal]
    looks: list[RepeatedLook]
    more_looks: bool
    permits: list[Permit]
    corrections: list[CorrectionRequest]
    more_corrections: bool

    @property
    def micros_per_item(self) -> int | None:
        """None: not enough to say. Where a call has no price, what an item cost is more than is known."""
        return None if self.usage.whole.unpriced else per_item(self.usage.whole.cost, self.items)

    @property
    def why_not(self) -> str:
        """Why there is no cost per item."""
        if self.micros_per_item is not None:
            return ""
        return "some calls have no price" if self.items else "none confirmed yet"

    @property
    def cache_share(self) -> int | None:
        """Per cent."""
        return None if self.cached is None else round(100 * self.cached)


def read(scope: Scope, period: Period, person: Person) -> Own:
    """What one person is shown of their own ``period``. A fixed number of queries, whatever was used."""
    if scope.kind is not Kind.OWN or scope.viewer != person.pk:
        raise ValueError("My usage is shown to the person themselves only")
    looks = grouped(Look.objects.at(person).select_related("permit__decided_by")[:LOOKS_READ])
    asked = CorrectionRequest.objects.filter(person=person).select_related("decided_by")
    permits = Permit.objects.live().about(person).select_related("viewer", "team", "person", "decided_by")
    corrections = list(asked[: CORRECTIONS_SHOWN + 1])
    return Own(
        usage=figures.own(scope, period),
        items=counts.by_person(scope, period).get(scope.viewer, 0),
        cached=cached_in(scope, period),
        signals=described(scope, LISTED),
        looks=looks[:LOOKS_SHOWN],
        more_looks=len(looks) > LOOKS_SHOWN,
        permits=list(permits),
        corrections=corrections[:CORRECTIONS_SHOWN],
        more_corrections=len(corrections) > CORRECTIONS_SHOWN,
    )
