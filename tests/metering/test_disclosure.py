"""What stands behind a figure: enough people whom nobody knows, and no share that is too large."""

import pytest

from metering.privacy.disclosure import (
    NOBODY,
    PERCENT,
    K,
    Rule,
    concealed,
    enough,
    known_in,
    may_see,
    rule,
    shown,
)

STRICT = Rule()


def shares(*values: int) -> dict[int, int]:
    return dict(enumerate(values))


def test_five_are_left_when_three_know_their_own():
    assert enough(set(range(8)), NOBODY, STRICT)
    assert not enough(set(range(7)), NOBODY, STRICT)


def test_whoever_may_open_pages_knows_more():
    team = set(range(20))
    assert known_in(team, NOBODY) == 3
    assert known_in(team, {99: frozenset({1, 2})}) == 4  # two by the viewer from outside, two know their own
    assert known_in(team, {3: frozenset({1, 2})}) == 5  # the viewer is one of them
    assert known_in(team, {viewer: frozenset({1}) for viewer in range(10, 15)}) == 6  # three of the five
    assert known_in(team, {99: frozenset({77})}) == 3


def test_a_setting_can_only_make_it_stricter():
    assert rule(1, 0) == Rule(K, PERCENT)
    assert rule(8, 30) == Rule(8, 30)
    with pytest.raises(ValueError, match="never looser"):
        Rule(4, 10)
    with pytest.raises(ValueError, match="never looser"):
        Rule(5, 9)


def test_who_gave_nothing_hides_nobody():
    assert concealed(shares(*[10] * 8), NOBODY, STRICT)
    assert not concealed(shares(*[10] * 7, *[0] * 30), NOBODY, STRICT)
    assert not concealed({}, NOBODY, STRICT)


def test_no_share_is_so_large_that_the_others_give_it_away():
    """Three know theirs; what the others have together must leave a tenth of the largest open."""
    assert concealed(shares(1000, 500, 500, 500, 25, 25, 25, 25), NOBODY, STRICT)
    assert not concealed(shares(1000, 500, 500, 500, 25, 25, 25, 24), NOBODY, STRICT)
    assert not concealed(shares(1000, 500, 500, 500, 25, 25, 25, 25), NOBODY, Rule(5, 20))
    more = {99: frozenset({1, 2})}  # four know theirs
    assert concealed(shares(1000, 500, 500, 500, 500, 25, 25, 25, 25), more, STRICT)
    assert not concealed(shares(1000, 500, 500, 500, 500, 25, 25, 25, 24), more, STRICT)


def test_a_tenth_is_counted_exactly():
    assert concealed(shares(100_000, *[50_000] * 3, *[2_500] * 4), NOBODY, STRICT)
    assert not concealed(shares(100_000, *[50_000] * 3, *[2_500] * 3, 2_499), NOBODY, STRICT)


def test_a_correction_that_takes_away_counts_as_much_as_one_that_adds():
    assert not concealed(shares(-1000, 50, 50, 50, 20, 20, 20, 20), NOBODY, STRICT)
    assert concealed(shares(-100, *[50] * 9), NOBODY, STRICT)


def test_a_viewer_who_knows_too_many_sees_nothing():
    people = frozenset(range(12))
    assert may_see(99, frozenset(), people, 8, STRICT)
    assert may_see(1, frozenset({2, 3}), people, 8, STRICT)
    assert not may_see(1, frozenset({2, 3, 4}), people, 8, STRICT)
    assert may_see(99, frozenset({50, 51, 52, 53}), people, 8, STRICT)
    assert not may_see(99, frozenset(), people, 8, Rule(9, 10))


def test_what_a_stricter_rule_finds_too_small_is_shown_to_nobody():
    assert shown(8, STRICT)
    assert not shown(7, STRICT)
    assert shown(9, Rule(6, 10))
    assert not shown(8, Rule(6, 10))
    assert not may_see(99, frozenset(), frozenset(range(12)), 8, Rule(6, 10)), "any three would know too many"
