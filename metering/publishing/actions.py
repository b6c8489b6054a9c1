"""Verbs of publishing: the figures of four weeks, once; the result of a nightly check."""

from collections import Counter
from collections.abc import Iterable

from metering.events import Event
from metering.permits import exposure
from metering.publications.models import (
    DisclosureCheck,
    Publication,
    PublishedPeriod,
    SeenPage,
    Settled,
    YearCohort,
)
from metering.publications.years import begin, year_of
from metering.publishing import gathering
from metering.publishing.cohorts import Cohort
from metering.publishing.plan import Period as Facts
from metering.publishing.plan import Plan, Sum, Year, plan
from metering.rollups.periods import Period
from portal.audit.record import action, detail, on

KINDS = (Publication.Kind.ORGANISATION, Publication.Kind.COST_CENTRE, Publication.Kind.TEAM)
BATCH = 500


@action(Event.FIGURES_PUBLISHED)
def publish(actor: str, period: Period) -> PublishedPeriod:
    """Make and freeze the figures of ``period``. Raises ValueError where that was done, or comes too late."""
    exposure.locked()
    later = PublishedPeriod.objects.filter(first_day__gte=period.first).order_by("first_day").first()
    if later is not None:
        raise ValueError(f"{later} was published already, and what is published is never made again.")
    year = year_of(period.first)
    facts = gathering.facts(period)
    made = plan(gathering.year_before(period), facts, exposure.seen(year), exposure.the_rule())
    done = PublishedPeriod.objects.create(first_day=period.first, last_day=period.last)
    not_priced = gathering.not_priced(period)
    people = {person for person, _ in not_priced}
    rows = [
        _row(done, KINDS[len(place)], place[-1] if place else "", each, not each.people.isdisjoint(people))
        for place, each in made.places.items()
    ]
    rows += [
        _row(
            done,
            Publication.Kind.AGENT,
            str(agent),
            each,
            any((user, agent) in not_priced for user in each.people),
        )
        for agent, each in made.agents.items()
    ]
    Publication.objects.bulk_create(rows, BATCH)
    _settle(period, facts, made)
    _freeze(year, made.year)
    _forget(year)
    on(done)
    detail(first=str(period.first), last=str(period.last), figures=len(rows))
    return done


@action(Event.DISCLOSURE_CHECKED)
def note_check(actor: str, *, figures: int, viewers: int, findings: list[str]) -> DisclosureCheck:
    """Write down what the nightly check found. No finding is as much an answer as one."""
    detail(figures=figures, viewers=viewers, findings=len(findings), passed=not findings)
    return DisclosureCheck.objects.create(figures=figures, viewers=viewers, findings=findings)


def _row(done: PublishedPeriod, kind: str, ref: str, each: Sum, not_priced: bool) -> Publication:
    return Publication(
        period=done,
        kind=kind,
        ref=ref,
        cost_micros=each.micros,
        not_priced=not_priced,
        items=each.items,
        tokens=each.tokens,
        slices=[list(pair) for pair in each.slices],
        late=each.late,
        least=each.least,
        people=sorted(each.people),
        parts=[sorted(part) for part in each.parts],
    )


def _settle(period: Period, facts: Facts, made: Plan) -> None:
    """What each person's weeks came to: their own page's figure, and what later corrections are measured by."""
    costs = Counter[int]()
    for use in facts.uses:
        costs[use.person] += use.micros
    unpriced = gathering.unpriced(period)
    rows = [
        Settled(
            person_id=person,
            first_day=period.first,
            cost_micros=None if person in unpriced else costs[person],
            items=facts.items.get(person, 0),
            late_micros=made.late.get(person, 0),
            late_items=made.late_items.get(person, 0),
        )
        for person in sorted({*costs, *facts.items, *made.late, *made.late_items})
    ]
    Settled.objects.bulk_create(rows, BATCH)


def _freeze(year: int, fixed: Year) -> None:
    """The cohorts as they are now, in the place of those before; figures in which one was parted say so."""
    YearCohort.objects.filter(year=year).delete()
    rows = _cohorts(year, 0, fixed.cohorts)
    for agent, cohorts in fixed.of_agents.items():
        rows += _cohorts(year, agent, cohorts)
    YearCohort.objects.bulk_create(rows, BATCH)
    smallest = {person: len(cohort.people) for cohort in fixed.cohorts for person in cohort.people}
    for figure in (
        Publication.objects.in_year(year).exclude(kind=Publication.Kind.AGENT).only("least", "people")
    ):
        least = min([figure.least, *(smallest[person] for person in figure.people if person in smallest)])
        if least < figure.least:
            Publication.objects.filter(pk=figure.pk).update(least=least)


def _cohorts(year: int, agent: int, cohorts: Iterable[Cohort]) -> list[YearCohort]:
    return [
        YearCohort(year=year, agent_id=agent, place=list(cohort.place), people=sorted(cohort.people))
        for cohort in cohorts
    ]


def _forget(year: int) -> None:
    """When a year has ended nothing is measured by its cohorts and by who saw whom, and nobody's weeks are shown."""
    Settled.objects.filter(first_day__lt=begin(year)).delete()
    YearCohort.objects.filter(year__lt=year).delete()
    SeenPage.objects.filter(year__lt=year).delete()
    ended = Publication.objects.filter(period__first_day__lt=begin(year)).exclude(people=[])
    ended.update(people=[], parts=[])
