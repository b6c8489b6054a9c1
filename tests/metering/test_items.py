"""Whose credit a verified item is, from what another system said about tasks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metering.signals.items import Claim, credited

MIA, LEA, TEAM, OTHER = 1, 2, 1, 2


def claim(person: int, *, verified: bool = True, changed: bool = True, **more) -> Claim:
    return Claim(
        "i", person, more.pop("team", TEAM), more.pop("agent", person), verified, changed=changed, **more
    )


CASES = {
    "one task": ([claim(MIA)], True),
    "two tasks of one person": ([claim(MIA), claim(MIA)], True),
    "not verified": ([claim(MIA, verified=False)], False),
    "undone": ([claim(MIA), claim(MIA, verified=False, reversed=True)], False),
    "nothing was changed": ([claim(MIA, changed=False)], False),
    "what was verified changed nothing": ([claim(MIA, changed=False), claim(MIA, verified=False)], False),
    "a colleague's too": ([claim(MIA), claim(LEA)], False),
    "a colleague was there first, unverified": ([claim(LEA, verified=False), claim(MIA)], False),
    "a colleague joined in, unverified": ([claim(MIA), claim(LEA, verified=False)], False),
    "a colleague joined in and changed nothing": ([claim(MIA), claim(LEA, changed=False)], False),
    "somebody of another team joined in": ([claim(MIA), claim(LEA, verified=False, team=OTHER)], False),
}


@pytest.mark.parametrize("name", CASES)
def test_whose_it_is(name):
    claims, counts = CASES[name]
    for holder, to in ((MIA, lambda one: one.person), (TEAM, lambda one: one.team), (0, lambda one: 0)):
        for told in (claims, claims[::-1]):
            assert credited(told, to) == ({holder: {"i"}} if counts else {}), (
                "person, team, organisation alike"
            )


def test_it_is_of_none_of_several_agents_that_earned_it():
    two = [claim(MIA, agent=1), claim(MIA, agent=2)]
    assert credited(two, lambda one: one.agent) == {}
    assert credited(two, lambda one: one.person) == {MIA: {"i"}}
    lone = [claim(MIA, agent=1), claim(MIA, agent=2, verified=False)]
    assert credited(lone, lambda one: one.agent) == {1: {"i"}}


claims_ = st.lists(
    st.builds(
        Claim,
        st.sampled_from("abc"),
        st.integers(1, 3),
        st.just(1),
        st.just(1),
        st.booleans(),
        changed=st.booleans(),
    ),
    max_size=15,
)


@given(claims_, claims_)
def test_a_group_s_items_are_those_of_its_people_and_nobody_s_carrying_adds_any_to_others(claims, more):
    mine = credited(claims, lambda one: one.person)
    whole = credited(claims, lambda one: 0).get(0, set())
    assert sorted(item for items in mine.values() for item in items) == sorted(whole)
    mias = [one for one in more if one.person == MIA]
    after = credited(claims + mias, lambda one: one.person)
    for other in {2, 3}:
        assert after.get(other, set()) <= mine.get(other, set())
