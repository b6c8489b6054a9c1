"""Figures from the roll-ups. Each query takes a Scope first; groups come out as disclosure publishes them."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import F, QuerySet, Sum

from metering.reports.disclosure import Group, Part, publish
from metering.reports.visibility import Kind, Scope
from metering.rollups.models import DayUsage, DayUsageQuerySet
from metering.rollups.periods import Period
from metering.rollups.sums import DayRow, Usage, add_up

COST_CENTRE = "team__cost_centre"


def own(scope: Scope, period: Period) -> Usage:
    if scope.kind is not Kind.OWN:
        raise ValueError("Days, agents and tokens are shown to the person themselves only")
    rows = DayUsage.objects.within(scope).during(period).order_by("day", "id").values_list(*DayRow._fields)
    return add_up(period, (DayRow(*row) for row in rows))


def team(scope: Scope, period: Period) -> Group | None:
    """The cost of a team by model; None where nothing of it is shown."""
    rows = _by_person(DayUsage.objects.within(scope).during(period))
    return publish(map(_part, rows), viewer=scope.viewer, asked=settings.GROUP_MINIMUM)


def cost_centres(scope: Scope, month: Period) -> QuerySet[DayUsage, str]:
    """The cost centres that used models in ``month``, by name."""
    rows = DayUsage.objects.within(scope).during(month)
    return rows.values_list(COST_CENTRE, flat=True).distinct().order_by(COST_CENTRE)


def by_cost_centre(scope: Scope, month: Period, centres: Iterable[str]) -> dict[str, Group | None]:
    """What is shown of each of ``centres``, in their order."""
    parts: dict[str, list[Part]] = {centre: [] for centre in centres}
    rows = DayUsage.objects.within(scope).during(month).filter(team__cost_centre__in=parts)
    for row in _by_person(rows, COST_CENTRE):
        parts[row[COST_CENTRE]].append(_part(row))
    return {
        centre: publish(own, viewer=scope.viewer, asked=settings.GROUP_MINIMUM)
        for centre, own in parts.items()
    }


def _by_person(rows: DayUsageQuerySet, *more: str) -> QuerySet[DayUsage, dict[str, Any]]:
    sums = {
        "micros": Sum("cost_micros"),
        "priced": Sum(F("requests") - F("unpriced_requests")),
    }
    by_person: QuerySet[DayUsage, dict[str, Any]] = rows.values(*more, "person_id", "provider", "model")
    return by_person.annotate(**sums).order_by()


def _part(row: dict[str, Any]) -> Part:
    return Part(
        row["person_id"], f"{row['provider']}:{row['model']}", row["micros"] if row["priced"] else None
    )
