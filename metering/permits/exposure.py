"""What permits give away: whom each viewer can see, and whether published figures still hide everybody else."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from metering.permits.models import Permit
from metering.privacy.disclosure import Rule, enough, rule
from metering.publications.models import Publication, SeenPage, YearCohort
from metering.publications.running import running_year
from portal.compiled import Compiled
from portal.locking import lock_until_commit
from portal.people.models import Person


def locked() -> None:
    """Publishing and permitting somebody's page one after the other, until the transaction ends."""
    lock_until_commit("metering_publications")


def the_rule() -> Rule:
    return rule(settings.GROUP_MINIMUM, settings.GROUP_PERCENT)


def seen(year: int) -> dict[int, frozenset[int]]:
    """Who may open the page of one person, or has done so this year; and of whom."""
    found: dict[int, frozenset[int]] = {}
    for viewer, person in _able(year, timezone.now()):
        found[viewer] = found.get(viewer, frozenset()) | {person}
    return found


def seen_by(viewer: int, year: int) -> frozenset[int]:
    """The same for one of them: of whom."""
    return frozenset(person for _, person in SEEN_BY.rows(Person(pk=viewer), year))


def _able(year: int, now: datetime, **whose: Person) -> QuerySet[Any, tuple[int, int]]:
    """Pairs of a viewer and a person, each once."""
    live = Permit.objects.filter(state=Permit.State.GRANTED, ends_at__gt=now, person__isnull=False, **whose)
    pages = SeenPage.objects.filter(year=year, **whose).values_list("viewer_id", "person_id")
    return live.order_by().values_list("viewer_id", "person_id").union(pages)


SEEN_BY = Compiled(lambda viewer, now, year: _able(year, now, viewer=viewer))


def hides(viewer: int, person: int) -> bool:
    """Would what is published this year still hide everyone else, if ``viewer`` saw ``person``?"""
    year = running_year()
    known = dict(seen(year))
    known[viewer] = known.get(viewer, frozenset()) | {person}
    touched = {viewer, person}
    return all(enough(part, known, the_rule()) for part in _parts(year) if part & touched)


def _parts(year: int) -> Iterator[frozenset[int]]:
    """Every group of people whose usage can be worked out together this year."""
    shown: set[int] = set()
    for figure in Publication.objects.in_year(year).only("people", "parts"):
        shown.update(figure.people)
        yield from map(frozenset, figure.parts)
    for people in YearCohort.objects.filter(year=year).values_list("people", flat=True):
        if shown.issuperset(people):
            yield frozenset(people)
