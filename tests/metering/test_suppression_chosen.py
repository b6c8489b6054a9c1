"""Which place gives up its figure for another, and which labels and agents are shown beside each other."""

from metering.privacy.disclosure import NOBODY, Rule
from metering.publishing.cohorts import COMPANY, Cohort
from metering.publishing.suppression import Block, agents, publishable, slices

A, B = ("4100", "a"), ("4100", "b")
STRICT = Rule()


def each(people: range, amount: int = 10) -> dict[int, int]:
    return dict.fromkeys(people, amount)


def published(cohorts: list[Cohort], **more) -> dict:
    people = {person for cohort in cohorts for person in cohort.people}
    return publishable(cohorts, dict.fromkeys(people, 10), NOBODY, STRICT, **more)


def test_the_smaller_team_gives_up_its_figure_for_the_few_outside_of_both():
    few = Cohort(("4100",), frozenset(range(50, 53)))
    found = published([Cohort(A, frozenset(range(20))), Cohort(B, frozenset(range(20, 30))), few])
    assert found == {
        A: frozenset(range(20)),
        ("4100",): frozenset(range(20, 30)) | few.people,
        COMPANY: frozenset(),
    }


def test_a_cost_centre_whose_teams_show_all_of_it_is_no_help_to_the_few_outside():
    """It brings nobody into the company's rest, so another gives up its figure first, though that is larger."""
    few = Cohort(COMPANY, frozenset(range(90, 93)))
    alone = Cohort(("4200",), frozenset(range(40, 70)))
    found = published([Cohort(A, frozenset(range(10))), Cohort(B, frozenset(range(10, 30))), alone, few])
    assert set(found) == {A, B, A[:1], COMPANY}
    assert found[COMPANY] == alone.people | few.people


def test_a_place_that_may_not_be_shown_is_counted_in_the_one_above():
    people = frozenset(range(10))
    cohorts = [Cohort(A, people), Cohort(B, frozenset(range(10, 30)))]
    assert published(cohorts, allowed=lambda place: place != A)[A[:1]] == people


def test_labels_fixed_for_the_year_are_shown_only_while_all_others_together_hide_everybody():
    rests = [frozenset(range(20))]
    cells = {"a": each(range(20)), "b": each(range(20))}
    assert slices(rests, cells | {"c": each(range(8))}, NOBODY, STRICT, ("a", "b")) == ("a", "b")
    assert slices(rests, cells | {"c": each(range(3))}, NOBODY, STRICT, ("a", "b")) == ()


def test_what_one_person_used_of_all_other_labels_counts_together():
    """A share that dominates one of them dominates the sum, wherever it stands."""
    rests = [frozenset(range(20))]
    cells = {"a": each(range(20)), "b": each(range(8)) | {0: 800}, "c": each(range(8))}
    assert slices(rests, cells, NOBODY, STRICT, ("a",)) == ()
    assert slices(rests, cells | {"b": each(range(8))}, NOBODY, STRICT, ("a",)) == ("a",)


def used(people: range, agent: int, amount: int = 10) -> dict[tuple[int, int], int]:
    return dict.fromkeys([(person, agent) for person in people], amount)


def chosen(blocks: list[Block], users: dict[int, range]) -> list[int]:
    amounts = {agent: [each(people)] for agent, people in users.items()}
    return agents(
        {agent: frozenset(people) for agent, people in users.items()}, amounts, blocks, NOBODY, STRICT
    )


def test_an_agent_is_withheld_where_it_and_those_shown_before_leave_too_few():
    users = {7: range(10), 8: range(10, 20)}
    everybody = frozenset(range(28))
    enough = used(range(10), 7) | used(range(10, 20), 8) | used(range(20, 28), 9)
    assert chosen([Block(everybody, dict(enough))], users) == [7, 8]
    few = used(range(10), 7) | used(range(10, 20), 8) | used(range(20, 23), 9)
    assert chosen([Block(everybody, dict(few))], users) == [7]


def test_an_agent_whose_users_are_in_two_places_is_taken_out_of_both():
    here, there = used(range(5), 7) | used(range(20, 28), 9), used(range(5, 10), 7) | used(range(30, 38), 9)
    blocks = [
        Block(frozenset({*range(5), *range(20, 28)}), here),
        Block(frozenset({*range(5, 10), *range(30, 38)}), there),
    ]
    assert chosen(blocks, {7: range(10)}) == [7]
    assert here == used(range(20, 28), 9)
    assert there == used(range(30, 38), 9)


def test_what_a_person_used_of_all_other_agents_counts_together():
    """One share that dominates what is left tells what it is, though it was used of several agents."""
    rest = used(range(20, 28), 9) | used(range(20, 28), 10)
    assert chosen([Block(frozenset(range(28)), used(range(10), 7) | rest)], {7: range(10)}) == [7]
    dominated = rest | {(20, 9): 800}
    assert chosen([Block(frozenset(range(28)), used(range(10), 7) | dominated)], {7: range(10)}) == []
