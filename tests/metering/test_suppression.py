"""Which figures are published, and which others go with one that is withheld."""

from metering.privacy.disclosure import NOBODY, REST, Rule
from metering.publishing.cohorts import COMPANY, Cohort
from metering.publishing.plan import Period, Use, Year, plan
from metering.publishing.suppression import publishable, slices

A, B, C = ("4100", "a"), ("4100", "b"), ("4200", "c")
STRICT = Rule()
COHORTS = [
    Cohort(A, frozenset(range(10))),
    Cohort(B, frozenset(range(10, 30))),
    Cohort(C, frozenset(range(30, 60))),
]


def shown(values: dict[int, int]) -> set:
    return set(publishable(COHORTS, values, NOBODY, STRICT))


def each(people: range, amount: int = 10) -> dict[int, int]:
    return dict.fromkeys(people, amount)


def test_all_is_published_where_enough_gave():
    assert shown(each(range(60))) == {A, B, C, A[:1], C[:1], COMPANY}


def test_a_team_that_is_withheld_takes_another_with_it():
    """Else its figure would be the cost centre's without the other team's."""
    assert shown(each(range(7, 60))) == {C, A[:1], C[:1], COMPANY}


def test_where_nothing_of_a_cost_centre_can_be_shown_another_goes_with_it():
    assert shown(each(range(4)) | each(range(30, 60))) == {COMPANY}
    assert shown(each(range(30, 60))) == {COMPANY}  # or 4100 would be known to have used nothing at all


def test_a_dominated_team_is_withheld():
    values = each(range(60)) | {0: 10_000}
    assert shown(values) == {B, C, C[:1]}


def test_what_nobody_used_is_no_figure():
    assert shown({}) == set()


def test_a_cohort_of_several_teams_counts_in_the_cost_centre():
    cohorts = [*COHORTS, Cohort(("4100",), frozenset(range(60, 70)))]
    found = publishable(cohorts, each(range(70)), NOBODY, STRICT)
    assert found[A[:1]] == frozenset(range(60, 70))
    assert found[COMPANY] == frozenset()


def uses(people: range, model: str, *, agent: int = 0, micros: int = 100) -> list[Use]:
    return [Use(person, agent, model, micros, micros) for person in people]


def planned(*some: list[Use], year: Year | None = None, late: dict[int, int] | None = None):
    places = dict.fromkeys(range(20), A)
    return plan(
        year or Year(), Period(places, [use for one in some for use in one], {}, late or {}), NOBODY, STRICT
    )


def test_models_are_shown_one_by_one_where_enough_used_each():
    made = planned(uses(range(20), "a"), uses(range(8), "b"), uses(range(3), "c"), uses(range(3, 9), "d"))
    assert made.places[A[:1]].slices == (("a", 2000), ("b", 800), (REST, 900))
    assert made.places[A].slices == made.places[COMPANY].slices == ()
    assert made.year.slices == {("4100",): ("a", "b")}


def test_a_model_that_is_too_few_s_takes_the_smallest_with_it():
    made = planned(uses(range(20), "a"), uses(range(8), "b"), uses(range(3), "c"))
    assert made.places[A[:1]].slices == (("a", 2000), (REST, 1100))
    assert planned(uses(range(20), "a"), uses(range(3), "c")).places[A[:1]].slices == ()


def test_models_are_fixed_for_the_year():
    begun = planned(uses(range(20), "a"), uses(range(8), "b"))
    wider = planned(uses(range(20), "a"), uses(range(8), "b"), uses(range(9), "c"), year=begun.year)
    assert wider.places[A[:1]].slices == (("a", 2000), ("b", 800), (REST, 900))
    fewer = planned(uses(range(20), "a"), uses(range(5), "b"), year=begun.year)
    assert fewer.places[A[:1]].slices == ()


def test_a_late_correction_is_in_the_total_and_shows_no_model():
    made = planned(uses(range(20), "a"), late=each(range(8), -5))
    assert (made.places[A].micros, made.places[A].late) == (1960, True)
    assert made.places[A[:1]].slices == ()


def test_a_correction_of_few_waits():
    """One person's would be what two periods differ by."""
    made = planned(uses(range(20), "a"), late=each(range(7), -5))
    assert (made.places[A].micros, made.places[A].late, made.late) == (2000, False, {})
    assert made.places[A[:1]].slices != ()


def test_an_agent_is_shown_where_what_is_left_of_the_team_still_hides_everyone():
    both = planned(uses(range(20), "a", agent=7), uses(range(9), "a"))
    assert both.agents[7].micros == 2000
    assert both.agents[7].tokens == 2000
    few = planned(uses(range(20), "a", agent=7), uses(range(3), "a"))
    assert few.agents == {}  # the team's total without the agent's would be three people's
    assert planned(uses(range(7), "a", agent=7), uses(range(20), "a")).agents == {}


def test_an_agent_without_prices_has_tokens():
    made = planned(uses(range(20), "a"), [Use(one, 7, "offline", 0, 50) for one in range(9)])
    assert (made.agents[7].micros, made.agents[7].tokens) == (None, 450)


def test_every_rest_has_to_hide_a_label():
    cells = {"a": each(range(20)), "b": each(range(12))}
    assert slices([frozenset(range(20))], cells, NOBODY, STRICT) == ("a", "b")
    assert slices([frozenset(range(10)), frozenset(range(10, 20))], cells, NOBODY, STRICT) == ()
