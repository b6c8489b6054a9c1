"""What reports could show of groups in a simulated company: every figure of a team that the rule of disclosure allows,
also where a year's cohorts would withhold it. So no figure that is ever shown is missing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from django.conf import settings
from django.db.models import Max, Min, Sum

from metering.privacy.disclosure import NOBODY, concealed, rule
from metering.privacy.visibility import PUBLISHING
from metering.rollups.models import DayUsage
from metering.rollups.periods import FIRST_MONDAY, FOUR_WEEKS, Period
from metering.signals.items import Claim, credited

Published = tuple[str, list[int], int | None, int]  # name, people in it, micros, items


def published(claims: Sequence[Claim]) -> Iterator[Published]:
    """Each team in each period in which its cost is shown, to somebody who is not in it."""
    span = DayUsage.objects.within(PUBLISHING).aggregate(first=Min("day"), last=Max("day"))
    if span["first"] is None:
        return
    items = _items(claims)
    begin = _number(span["first"])
    for number in range(begin, _number(span["last"]) + 1):
        first = FIRST_MONDAY + number * FOUR_WEEKS
        for team, parts in _parts(Period(first, first + FOUR_WEEKS * 27 / 28)).items():
            if concealed(parts, NOBODY, rule(settings.GROUP_MINIMUM, settings.GROUP_PERCENT)):
                name = f"team, period {number - begin + 1}"
                yield name, sorted(parts), sum(parts.values()), items[team, number]


def _parts(period: Period) -> dict[int, dict[int, int]]:
    """By team and person, micros."""
    rows = DayUsage.objects.within(PUBLISHING).during(period).order_by().values_list("team_id", "person_id")
    parts: dict[int, dict[int, int]] = {}
    for team, person, micros in rows.annotate(Sum("cost_micros")):
        parts.setdefault(team, {})[person] = micros
    return parts


def _items(claims: Sequence[Claim]) -> Counter[tuple[int, int]]:
    """How many items count for each team in each period; none whose tasks lie in two periods, since the file does not
    say when an item was verified."""
    periods: dict[str, set[int]] = {}
    for claim in claims:
        if claim.earns and claim.day:
            periods.setdefault(claim.item, set()).add(_number(claim.day))
    sure = {item: next(iter(those)) for item, those in periods.items() if len(those) == 1}
    by_team = credited(claims, lambda claim: claim.team)
    return Counter((team, sure[item]) for team, items in by_team.items() for item in items if item in sure)


def _number(day: date) -> int:
    return (day - FIRST_MONDAY) // FOUR_WEEKS
