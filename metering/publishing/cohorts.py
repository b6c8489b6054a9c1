"""Who is counted together, for a year: frozen cohorts, so that no two periods can be subtracted. Pure.

Figures are made of whole cohorts only. So whatever is added to and taken from one another, what comes out is
made of whole cohorts, each of which has enough people (``disclosure.enough``):

- whoever is new waits until enough are new, in their team, else in their cost centre, else in the company;
- who moves to another team is counted where they were;
- a team that passes to another cost centre is counted in the one where the year found it, whoever joins it too: it
  has one figure, not one in each;
- who leaves the company takes their cohort out of every figure, until enough of it have left: then those
  who stayed are a cohort of their own, and so are those who left;
- a year of thirteen periods later all of it begins anew, and the figures of the old year are closed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from metering.privacy.disclosure import Known, Rule, enough

# From the top: (cost centre, team). A cohort of people from several teams has the place that they share.
Place = tuple[str, ...]
COMPANY: Place = ()


@dataclass(frozen=True, slots=True)
class Cohort:
    place: Place
    people: frozenset[int]


@dataclass(frozen=True, slots=True)
class Seating:
    """All cohorts of the year so far, and which of them may be counted in this period."""

    cohorts: tuple[Cohort, ...]
    open: tuple[Cohort, ...]


def seat(cohorts: Iterable[Cohort], places: Mapping[int, Place], known: Known, rule: Rule) -> Seating:
    """Carry the year's ``cohorts`` into a period in which ``places`` says where everybody is who is there."""
    cohorts = tuple(cohorts)
    homes = _homes(cohorts)
    places = {person: homes.get(_team(where), where) for person, where in places.items()}
    cohorts = [Cohort(homes.get(_team(cohort.place), cohort.place), cohort.people) for cohort in cohorts]
    kept = [part for cohort in cohorts for part in _parted(cohort, places, known, rule)]
    seated = {person for cohort in kept for person in cohort.people}
    kept += _newcomers(
        {person: where for person, where in places.items() if person not in seated}, known, rule
    )
    whole = [old for old in kept if old.people <= places.keys() and enough(old.people, known, rule)]
    return Seating(tuple(kept), tuple(whole))


def _homes(cohorts: Iterable[Cohort]) -> dict[Place, Place]:
    """Each team that has a cohort, and the place of its first."""
    homes: dict[Place, Place] = {}
    for cohort in cohorts:
        if team := _team(cohort.place):
            homes.setdefault(team, cohort.place)
    return homes


def _team(place: Place) -> Place:
    """The team of a place without its cost centre; nothing where it is in none."""
    return place[1:]


def _parted(cohort: Cohort, places: Mapping[int, Place], known: Known, rule: Rule) -> list[Cohort]:
    stayed = frozenset(person for person in cohort.people if person in places)
    left = cohort.people - stayed
    if enough(stayed, known, rule) and enough(left, known, rule):
        return [Cohort(cohort.place, stayed), Cohort(cohort.place, left)]
    return [cohort]


def _newcomers(places: Mapping[int, Place], known: Known, rule: Rule) -> list[Cohort]:
    """Cohorts as far down as there are enough; who fits nowhere goes on waiting."""
    made: list[Cohort] = []
    waiting: dict[Place, set[int]] = {}
    for person, place in places.items():
        waiting.setdefault(place, set()).add(person)
    for depth in range(max(map(len, waiting), default=0), -1, -1):
        for place in sorted(where for where in waiting if len(where) == depth):
            people = waiting.pop(place)
            if enough(people, known, rule):
                made.append(Cohort(place, frozenset(people)))
            elif place:
                waiting.setdefault(place[:-1], set()).update(people)
    return made
