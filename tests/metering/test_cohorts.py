"""Who is counted together over a year: newcomers wait, movers stay, leavers close."""

import pytest

from metering.privacy.disclosure import NOBODY, Rule
from metering.publishing.cohorts import Cohort, Place, Seating, seat

A, B, C = ("4100", "a"), ("4100", "b"), ("4200", "c")
STRICT = Rule()


def at(**groups: range) -> dict[int, Place]:
    names = {"a": A, "b": B, "c": C, "none": ()}
    return {person: names[name] for name, people in groups.items() for person in people}


def first(places: dict[int, Place]) -> Seating:
    return seat((), places, NOBODY, STRICT)


def then(before: Seating, places: dict[int, Place]) -> Seating:
    return seat(before.cohorts, places, NOBODY, STRICT)


def sizes(seating: Seating) -> dict[Place, list[int]]:
    found: dict[Place, list[int]] = {}
    for each in seating.open:
        found.setdefault(each.place, []).append(len(each.people))
    return found


def test_eight_are_a_cohort():
    assert sizes(first(at(a=range(8)))) == {A: [8]}
    assert sizes(first(at(a=range(7)))) == {}
    assert sizes(first({})) == {}


def test_who_is_too_few_in_the_team_counts_further_up():
    places = at(a=range(20), b=range(20, 24), c=range(24, 30))
    assert sizes(first(places)) == {A: [20], (): [10]}  # four of b and six of c only in the company
    assert sizes(first(places | at(b=range(30, 34)))) == {A: [20], B: [8]}  # and six of c wait


def test_new_people_wait_until_they_are_enough():
    begun = first(at(a=range(10)))
    later = then(begun, at(a=range(17)))
    assert sizes(later) == {A: [10]}
    assert sizes(then(later, at(a=range(18)))) == {A: [10, 8]}


def test_who_moves_is_counted_where_they_were():
    begun = first(at(a=range(10), b=range(10, 20)))
    assert then(begun, at(a=range(9), b=range(9, 20))) == begun


def test_a_team_that_passes_to_another_cost_centre_stays_in_the_first():
    begun = first(at(a=range(10), c=range(30, 40)))
    passed = dict.fromkeys(range(18), ("4200", "a")) | at(c=range(30, 40))
    later = then(begun, passed)
    assert sizes(later) == {A: [10, 8], C: [10]}
    few = dict.fromkeys(range(15), ("4200", "a")) | dict.fromkeys(range(50, 55), ("4100", "d"))
    assert sizes(then(begun, few)) == {A: [10], ("4100",): [10]}, "who joins it waits with that centre's"


def test_a_team_that_has_cohorts_in_two_cost_centres_has_one_place():
    moved = ("4200", "a")
    two = (Cohort(A, frozenset(range(10))), Cohort(moved, frozenset(range(10, 20))))
    later = seat(two, dict.fromkeys(range(20), moved), NOBODY, STRICT)
    assert sizes(later) == {A: [10, 10]}


def test_a_cost_centre_that_is_called_like_a_team_is_none():
    begun = first(at(a=range(10)))
    alike = ("a",)
    later = then(begun, at(a=range(10)) | dict.fromkeys(range(20, 28), alike))
    assert sizes(later) == {A: [10], alike: [8]}


@pytest.mark.parametrize(
    ("stay", "expected"), [(20, [20]), (19, []), (13, []), (12, [12]), (8, [8]), (7, []), (0, [])]
)
def test_a_leaver_closes_the_cohort_until_enough_have_left(stay, expected):
    begun = first(at(a=range(20)))
    assert sizes(then(begun, at(a=range(stay)))).get(A, []) == expected


def test_who_left_and_returns_is_no_newcomer():
    begun = first(at(a=range(20)))
    gone = then(begun, at(a=range(10)))
    assert sizes(gone) == {A: [10]}
    back = then(gone, at(a=[*range(13), *range(50, 55)]))  # three of those who left, and five new ones
    assert sizes(back) == {A: [10]}
    assert sizes(then(back, at(a=range(20)))) == {A: [10, 10]}


def test_a_stricter_rule_closes_what_is_too_small_for_it():
    begun = first(at(a=range(8), b=range(10, 30)))
    assert {
        each.place for each in seat(begun.cohorts, at(a=range(8), b=range(10, 30)), NOBODY, Rule(6, 10)).open
    } == {B}


def test_permits_that_show_too_many_close_it():
    begun = first(at(a=range(9)))
    able = {1: frozenset({2})}
    assert seat(begun.cohorts, at(a=range(9)), able, STRICT).open
    able = {1: frozenset({2, 3})}
    assert not seat(begun.cohorts, at(a=range(9)), able, STRICT).open


def test_cohorts_are_never_cut_small():
    begun = first(at(a=range(30)))
    cut = then(begun, at(a=range(15)))
    again = then(cut, at(a=range(8)))
    assert {len(each.people) for each in again.cohorts} == {15}
    assert all(isinstance(each, Cohort) for each in again.cohorts)
