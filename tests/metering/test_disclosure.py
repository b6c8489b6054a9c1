"""What of a group is shown: never a figure, nor a difference of figures, of fewer than five people."""

from collections.abc import Iterable
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from metering.reports.disclosure import REST, Group, Part, minimum, publish

VIEWER = 0


def parts(people: Iterable[int], model: str = "a", micros: int | None = 10) -> list[Part]:
    return [Part(person, model, micros) for person in people]


def test_five_people_besides_the_viewer_are_enough():
    group = publish(parts(range(1, 6)), viewer=VIEWER)
    assert group is not None
    assert group.total.micros == 50
    assert [(figure.label, figure.micros) for figure in group.slices] == [("a", 50)]


def test_four_are_not_and_the_viewer_does_not_count():
    assert publish(parts(range(1, 5)), viewer=VIEWER) is None
    assert publish(parts(range(5)), viewer=VIEWER) is None
    assert publish(parts(range(5)), viewer=99) is not None
    assert publish([], viewer=VIEWER) is None


def test_one_person_with_many_parts_is_one_person():
    assert publish(parts([1, 1, 1, 1, 1]) + parts([1, 1], "b"), viewer=VIEWER) is None


def test_a_setting_can_only_make_it_stricter():
    assert [minimum(asked) for asked in (-1, 0, 4, 5, 6)] == [5, 5, 5, 5, 6]
    assert publish(parts(range(1, 5)), viewer=VIEWER, asked=1) is None
    assert publish(parts(range(1, 8)), viewer=VIEWER, asked=8) is None


def test_a_cost_that_few_have_is_theirs_however_many_use_models():
    free = parts(range(1, 20), micros=None)
    assert publish([*free, Part(1, "a", 10)], viewer=VIEWER) is None
    assert publish([*free, Part(VIEWER, "a", 10)], viewer=VIEWER) is None
    assert publish([*parts(range(1, 20), micros=0), Part(1, "a", 10)], viewer=VIEWER) is None


def test_what_nobody_paid_for_is_not_priced():
    group = publish(parts(range(1, 6), micros=None), viewer=VIEWER)
    assert group is not None
    assert group.total.micros is None


def test_small_models_are_shown_together():
    group = publish(parts(range(1, 9)) + parts([1, 2, 3], "b") + parts([4, 5, 6], "c"), viewer=VIEWER)
    assert group is not None
    assert [(figure.label, figure.micros) for figure in group.slices] == [("a", 80), (REST, 60)]


def test_what_would_follow_from_the_rest_goes_with_it():
    wide, narrow, single = parts(range(1, 20)), parts(range(1, 7), "b"), parts([3], "c")
    group = publish(wide + narrow + single, viewer=VIEWER)
    assert group is not None
    assert [(figure.label, figure.micros) for figure in group.slices] == [("a", 190), (REST, 70)]
    alone = publish(wide + single, viewer=VIEWER)
    assert alone is not None
    assert alone.slices == ()


people_and_models = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from("abcd"), st.one_of(st.none(), st.integers(0, 9))),
    max_size=60,
)


@given(people_and_models, st.integers(0, 12))
@settings(max_examples=300, deadline=None)
def test_no_combination_of_shown_figures_isolates_fewer(rows, viewer):
    """Whatever is added and taken from one another, at least five others who cost something are in it."""
    rows = [Part(*row) for row in rows]
    group = publish(rows, viewer=viewer)
    if group is None:
        return
    cells = shown_cells(rows, group)
    assert not group.slices or sum(each.micros or 0 for each in group.slices) == (group.total.micros or 0)
    for size in range(1, len(cells) + 1):
        for chosen in combinations(cells, size):
            inside = [part for cell in chosen for part in cell]
            others = {part.person for part in inside if part.person != viewer}
            paying = {part.person for part in inside if part.micros and part.person != viewer}
            assert len(others) >= 5
            assert len(paying) >= 5 or not any(part.micros for part in inside)


def shown_cells(rows: list[Part], group: Group) -> list[list[Part]]:
    named = {figure.label for figure in group.slices} - {REST}
    cells = [[part for part in rows if part.slice == label] for label in sorted(named)]
    rest = [part for part in rows if part.slice not in named]
    return [*cells, rest] if rest else cells
