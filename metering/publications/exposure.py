"""Which figures are shown now; and would they still hide everyone, if a viewer might open one more person's page?"""

from collections.abc import Iterator

from django.utils import timezone

from metering.publications import gathering
from metering.publications.models import Publication, PublishedPeriod, YearCohort
from metering.publications.years import ended, year_of
from metering.reports.disclosure import enough
from metering.rollups.periods import Period


def running_year() -> int:
    """The year whose figures are shown."""
    return year_of(ended(timezone.now().date())[0].first)


def periods() -> list[Period]:
    """The published four-week periods of the running year, latest first; the latest that ended before there are any."""
    every = ended(timezone.now().date())
    made = set(
        PublishedPeriod.objects.filter(first_day__gte=every[-1].first).values_list("first_day", flat=True)
    )
    return [each for each in every if each.first in made] or every[:1]


def hides(viewer: int, person: int) -> bool:
    """Would what is published this year still hide everyone else, if ``viewer`` saw ``person``?"""
    year = running_year()
    known = dict(gathering.seen(year))
    known[viewer] = known.get(viewer, frozenset()) | {person}
    touched = {viewer, person}
    return all(enough(part, known, gathering.the_rule()) for part in _parts(year) if part & touched)


def _parts(year: int) -> Iterator[frozenset[int]]:
    """Every group of people whose usage can be worked out together this year."""
    shown: set[int] = set()
    for figure in Publication.objects.in_year(year).only("people", "parts"):
        shown.update(figure.people)
        yield from map(frozenset, figure.parts)
    for people in YearCohort.objects.filter(year=year).values_list("people", flat=True):
        if shown.issuperset(people):
            yield frozenset(people)
