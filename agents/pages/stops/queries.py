"""Queries of the stops' page: active stops with who may lift them, and past ones."""

from dataclasses import dataclass

from django.db.models import Q

from agents.permissions import StopPermission
from agents.stops.models import Stop, StopQuerySet
from portal.people.models import Person

# A stopped task does not go on: once no call of it is under way, its stop is history.
OVER = Q(lifted_at__isnull=False) | Q(scope=Stop.Scope.TASK, confirmed_at__isnull=False)


@dataclass(frozen=True, slots=True)
class ActiveStop:
    stop: Stop
    may_lift: bool


def active_stops(person: Person) -> list[ActiveStop]:
    """Widest first, then the latest."""
    rows = Stop.objects.visible_to(person).exclude(OVER).for_reading()
    order = list(Stop.Scope)
    found = sorted(rows, key=lambda stop: (order.index(Stop.Scope(stop.scope)), -stop.pk))
    return [ActiveStop(stop, stop.permits(person, StopPermission.LIFT)) for stop in found]


def past_stops(person: Person) -> StopQuerySet:
    return Stop.objects.visible_to(person).filter(OVER).for_reading()
