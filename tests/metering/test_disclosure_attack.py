"""The attack of the property test is no paper tiger: each rule that is left out is found."""

import pytest

from metering.privacy.disclosure import NOBODY, K, concealed, enough, givers
from metering.publishing import cohorts, plan, suppression
from metering.publishing.cohorts import Cohort, Seating
from tests.metering.attack import isolated, rank
from tests.metering.test_disclosure_property import (
    exposed,
    items_of_a_period,
    of_a_period,
    over_the_year,
    person,
)
from tests.metering.worlds import world


def year(made):
    return [made.sets(), over_the_year(made)]


def single(made):
    return [of_a_period(*each) for each in zip(made.periods, made.plans, strict=True)]


def items(made):
    return [items_of_a_period(*each) for each in zip(made.periods, made.plans, strict=True)]


def leavers_are_dropped(kept, places, known, rule):
    parted = [Cohort(each.place, each.people & places.keys()) for each in kept]
    seated = {one for each in parted for one in each.people}
    parted += cohorts._newcomers({one: at for one, at in places.items() if one not in seated}, known, rule)
    return Seating(tuple(parted), tuple(each for each in parted if each.people))


# what is left out: (where, its name, what stands there instead, which attack finds it)
LEFT_OUT = {
    "newcomers wait": (cohorts, "enough", lambda people, known, rule: bool(people), year),
    "leavers close a cohort": (plan, "seat", leavers_are_dropped, year),
    "colluders": (cohorts, "enough", lambda people, known, rule: len(people) >= rule.k, year),
    "what permits show": (cohorts, "enough", lambda people, known, rule: enough(people, NOBODY, rule), year),
    "corrections wait": (plan, "_counted", lambda cohorts, late, known, rule: dict(late), year),
    "enough gave": (suppression, "concealed", lambda values, known, rule: any(values.values()), single),
    "whom permits show": (suppression, "concealed", lambda v, known, rule: concealed(v, NOBODY, rule), single),
    "agents leave a rest": (suppression.Block, "without", lambda self, people, agent: GAVE, single),
    "agents' items leave a rest": (suppression.Block, "without", lambda self, people, agent: GAVE, items),
    "enough have items": (suppression, "concealed", lambda values, known, rule: any(values.values()), items),
    "slices leave a rest": (suppression, "_added", lambda cells, people: GAVE, single),
}  # fmt: skip
GAVE = dict.fromkeys(range(20), 100)


@pytest.mark.parametrize("name", LEFT_OUT)
def test_a_rule_that_is_left_out_is_found(name, monkeypatch):
    where, attribute, instead, rows = LEFT_OUT[name]
    monkeypatch.setattr(where, attribute, instead)
    assert any(exposed(made, each) for made in map(world, range(150)) for each in rows(made))


def test_a_place_without_its_rest():
    """A team of nine and its cost centre of eleven: two are left over."""
    team, centre = frozenset(range(9)), frozenset(range(11))
    assert isolated([team, centre], person, set(), K) == {9, 10}
    assert isolated([team], person, set(), K) is None
    assert isolated([team], person, {0, 1, 2, 3, 4}, K) == {5, 6, 7, 8}


def test_combinations_are_found_that_no_difference_of_two_shows():
    rows = [frozenset(each) for each in ({1, 2, 3}, {3, 4, 5}, {1, 2, 4, 5})]
    assert isolated(rows, person, set(), 2) == {3}
    assert isolated(rows[:2], person, set(), 1) is None


def test_rank_is_exact():
    assert rank([[1, 1, 0], [0, 1, 1], [1, 0, -1]]) == 2
    assert rank([[1, 1, 0], [0, 1, 1], [1, 0, 1]]) == 3
    assert rank([]) == rank([[0, 0]]) == 0
    assert givers({1: 0, 2: 5}) == {2}
