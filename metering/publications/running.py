"""The running year: whose published periods are shown now."""

from django.utils import timezone

from metering.publications.models import PublishedPeriod
from metering.publications.years import ended, year_of
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
    return [period for period in every if period.first in made] or every[:1]
