"""Reads what the next publication is made of: places, usage, late corrections, what the year has fixed."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import F, Sum
from django.utils import timezone

from metering.outcomes import counts
from metering.privacy import visibility
from metering.privacy.disclosure import REST
from metering.publications.models import Publication, PublishedPeriod, Settled, YearCohort
from metering.publications.years import begin, ended, year_of
from metering.publishing.cohorts import Cohort, Place
from metering.publishing.plan import Period as Facts
from metering.publishing.plan import Use, Year
from metering.rollups.models import DayUsage
from metering.rollups.periods import Period
from portal.people.models import Person
from portal.teams.models import Membership


def due() -> list[Period]:
    """Periods of the running year that are to be published, the earliest first; none before anybody used anything.

    Only those after the latest that was published, because each is measured by the ones before. Late usage of weeks
    before the first published ones is in no group's figure.
    """
    first = DayUsage.objects.order_by("day").values_list("day", flat=True).first()
    latest = PublishedPeriod.objects.order_by("-first_day").values_list("first_day", flat=True).first()
    periods = ended(timezone.now().date())[::-1]
    return [
        period
        for period in periods
        if first and period.last >= first and (latest is None or period.first > latest)
    ]


def places() -> dict[int, Place]:
    """Everybody who is there, by cost centre and team: the first of their teams. Somebody in none: the company."""
    found: dict[int, Place] = dict.fromkeys(Person.objects.active().values_list("pk", flat=True), ())
    teams = Membership.objects.current().filter(person__is_active=True).order_by("-started_at", "-pk")
    for person, team, centre in teams.values_list("person_id", "team_id", "team__cost_centre"):
        found[person] = (centre, str(team))
    return found


def year_before(period: Period) -> Year:
    """What is fixed when ``period`` is published."""
    number = year_of(period.first)
    cohorts: list[Cohort] = []
    of_agents: dict[int, tuple[Cohort, ...]] = {}
    for row in YearCohort.objects.filter(year=number).order_by("pk"):
        cohort = Cohort(tuple(row.place), frozenset(row.people))
        if row.agent_id:
            of_agents[row.agent_id] = (*of_agents.get(row.agent_id, ()), cohort)
        else:
            cohorts.append(cohort)
    centres = Publication.objects.in_year(number).filter(kind=Publication.Kind.COST_CENTRE).exclude(slices=[])
    # Of several periods the first one's labels stay.
    labels: dict[Place, tuple[str, ...]] = {
        (ref,): tuple(label for label, _ in slices if label != REST)
        for ref, slices in centres.order_by("-period__first_day").values_list("ref", "slices")
    }
    return Year(tuple(cohorts), of_agents, labels)


def facts(period: Period) -> Facts:
    """Everything that is counted in ``period``: what was used and verified in it, and what came late."""
    scope = visibility.PUBLISHING
    rows = DayUsage.objects.within(scope).during(period).order_by()
    sums = rows.values_list("person_id", "agent_id", "provider", "model").annotate(
        Sum("cost_micros"), tokens=Sum(F("input_tokens") + F("output_tokens"))
    )
    uses = [
        Use(person, agent, f"{provider}:{model}", micros, tokens)
        for person, agent, provider, model, micros, tokens in sums
    ]
    late, late_items = late_until(period)
    own, of_agents = counts.by_person(scope, period), counts.by_agent(scope, period)
    return Facts(places(), uses, own, late, late_items, of_agents)


def late_until(period: Period) -> tuple[dict[int, int], dict[int, int]]:
    """By person, micros and items of the year's earlier periods that are not in what was published of them."""
    first = begin(year_of(period.first))
    scope = visibility.PUBLISHING
    before = Settled.objects.filter(first_day__gte=first, first_day__lt=period.first)
    start = before.order_by("first_day").values_list("first_day", flat=True).first()
    if start is None:
        return {}, {}
    whole = Period(start, period.first - timedelta(days=1))
    now = DayUsage.objects.within(scope).during(whole).order_by().values_list("person_id")
    then = before.order_by().values_list("person_id")
    micros = then.annotate(Sum("cost_micros", default=0), Sum("late_micros"))
    numbers = then.annotate(Sum("items"), Sum("late_items"))
    in_micros = [(person, -settled - late) for person, settled, late in micros]
    in_items = [(person, -settled - late) for person, settled, late in numbers]
    return (
        _added([*now.annotate(Sum("cost_micros")), *in_micros]),
        _added([*counts.by_person(scope, whole).items(), *in_items]),
    )


def unpriced(period: Period) -> set[int]:
    """Who used only what has no price."""
    rows = DayUsage.objects.within(visibility.PUBLISHING).during(period).order_by().values_list("person_id")
    sums = rows.annotate(Sum("requests"), Sum("unpriced_requests"))
    return {person for person, requests, without in sums if requests and requests == without}


def not_priced(period: Period) -> set[tuple[int, int]]:
    """Who made calls without a price, and by which agent."""
    rows = DayUsage.objects.within(visibility.PUBLISHING).during(period).filter(unpriced_requests__gt=0)
    return set(rows.order_by().values_list("person_id", "agent_id").distinct())


def days_of_others(agent: int, owner: int, period: Period) -> set[date]:
    """The days on which somebody else than its owner used the agent."""
    rows = DayUsage.objects.within(visibility.PUBLISHING).during(period).order_by()
    others = rows.filter(agent_id=agent).exclude(person=owner)
    return set(others.values_list("day", flat=True).distinct())


def _added(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    sums = Counter[int]()
    for person, value in pairs:
        sums[person] += value
    return {person: value for person, value in sums.items() if value}
