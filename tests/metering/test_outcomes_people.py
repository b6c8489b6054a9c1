"""A colleague's word on a work item: who may give it, and circles in which it counts for nobody."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metering.outcomes import actions
from metering.outcomes.models import WorkItem
from metering.outcomes.reciprocity import WINDOW, closed_by
from portal.accounts import actions as people
from tests.cast import Cast
from tests.metering.outcomes import accepted, ago, by_hand, claim, counted, credited
from tests.metering.reciprocal import Acceptance, reciprocal

START = datetime(2026, 1, 1, tzinfo=UTC)
SLOW = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_a_colleague_confirms_where_nobody_can_ask_the_system(cast: Cast):
    item = accepted(cast.mia, cast.support, "t-1", by=cast.lea)
    assert (item.verified_by, item.counts, counted(cast.mia), counted(cast.lea)) == (cast.lea, True, 1, 0)
    actions.reverse(cast.lea, item, note="It was the wrong page")
    assert counted(cast.mia) == 0


def test_only_who_was_asked_answers_and_never_oneself(cast: Cast):
    item = by_hand(cast.mia, cast.support, "t-1")
    with pytest.raises(ValidationError, match="Choose a colleague"):
        actions.ask(cast.mia, item, colleague=cast.mia)
    with pytest.raises(ValidationError, match="Only the task's owner can ask"):
        actions.ask(cast.olga, item, colleague=cast.lea)
    people.deactivate(cast.ada, cast.finn)
    cast.finn.refresh_from_db()
    with pytest.raises(ValidationError, match="Choose a colleague"):
        actions.ask(cast.mia, item, colleague=cast.finn)
    actions.ask(cast.mia, item, colleague=cast.lea)
    for other in (cast.mia, cast.olga, cast.ada):
        for answer in (actions.confirm, actions.decline):
            with pytest.raises(ValidationError, match="You were not asked"):
                answer(other, item)
    actions.decline(cast.lea, item)
    with pytest.raises(ValidationError, match="You were not asked"):
        actions.confirm(cast.lea, item)
    actions.ask(cast.mia, item, colleague=cast.olga)
    assert actions.confirm(cast.olga, item).counts
    with pytest.raises(ValidationError, match="already confirmed"):
        actions.ask(cast.mia, item, colleague=cast.lea)


def test_where_the_system_can_be_asked_no_person_s_word_counts(cast: Cast):
    asked = by_hand(cast.mia, cast.support, "t-1")
    actions.ask(cast.mia, asked, colleague=cast.lea)
    credited(cast.olga, cast.sales, "t-2", system="wiki")  # the wiki's own word comes in, say by an import
    with pytest.raises(ValidationError, match="itself confirms its items"):
        actions.confirm(cast.lea, asked)
    with pytest.raises(ValidationError, match="itself confirms its items"):
        actions.ask(cast.mia, by_hand(cast.mia, cast.support, "t-3"), colleague=cast.lea)
    assert counted(cast.mia) == 0


def test_two_who_confirm_each_other_count_for_nobody_and_it_stays_visible(cast: Cast):
    first = accepted(cast.mia, cast.support, "m-1", by=cast.lea)
    outside = accepted(cast.mia, cast.support, "m-2", by=cast.olga)
    assert counted(cast.mia) == 2
    back = accepted(cast.lea, cast.support, "l-1", by=cast.mia)
    assert (counted(cast.mia), counted(cast.lea)) == (1, 0)
    first.refresh_from_db()
    outside.refresh_from_db()
    assert (first.in_circle, back.in_circle, outside.in_circle) == (True, True, False)
    assert first.verified_by == cast.lea
    assert accepted(cast.mia, cast.support, "m-3", by=cast.lea).in_circle, "and goes on to"


def test_a_ring_of_three_counts_for_nobody(cast: Cast):
    accepted(cast.mia, cast.support, "m-1", by=cast.lea)
    accepted(cast.olga, cast.sales, "o-1", by=cast.mia)
    assert (counted(cast.mia), counted(cast.olga)) == (1, 1)
    accepted(cast.lea, cast.support, "l-1", by=cast.olga)
    assert [counted(one) for one in (cast.mia, cast.olga, cast.lea)] == [0, 0, 0]


def test_a_favour_returned_much_later_is_no_circle(cast: Cast):
    accepted(cast.mia, cast.support, "m-1", by=cast.lea)
    WorkItem.objects.update(verified_at=ago(days=WINDOW.days + 1))
    assert accepted(cast.lea, cast.support, "l-1", by=cast.mia).counts


acceptances = st.lists(
    st.builds(
        lambda by, step, day: Acceptance(by, (by + step) % 5, START + timedelta(days=day)),
        st.integers(0, 4),
        st.integers(1, 4),
        st.integers(0, 900),
    ),
    max_size=14,
    unique_by=lambda one: one.at,
)


def on_a_closed_way(one: Acceptance, among: list[Acceptance]) -> bool:
    """By trying every way, as the rule says it: back from whom it was given to who gave it."""
    ends = {one.of}
    for _ in range(6):
        ends |= {each.of for each in among if each.by in ends}
    return one.by in ends


@given(acceptances)
def test_an_acceptance_is_void_exactly_where_a_closed_way_within_the_window_holds_it(given_):
    void = reciprocal(given_)
    for one in given_:
        spans = [[each for each in given_ if last.at - WINDOW <= each.at <= last.at] for last in given_]
        assert (one in void) is any(one in span and on_a_closed_way(one, span) for span in spans)


@given(acceptances)
def test_of_people_who_confirm_only_among_themselves_never_all_gain(given_):
    """Within one window: whoever stands at the end of what still counts gave, and has nothing for it."""
    near = [one for one in given_ if one.at - START <= WINDOW]
    counting = set(near) - reciprocal(near)
    gaining = {one.of for one in counting}
    assert not counting or {one.by for one in counting} - gaining


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)).filter(lambda p: p[0] != p[1]), max_size=8))
def test_whatever_is_returned_is_void(pairs):
    """Each acceptance is answered by one in return, in any order: nothing is left."""
    both = [*pairs, *((of, by) for by, of in pairs)]
    given_ = [Acceptance(by, of, START + timedelta(hours=n)) for n, (by, of) in enumerate(both)]
    assert reciprocal(given_) == set(given_)


def test_one_alone_closes_nothing():
    assert closed_by((1, 2), []) == set()
    assert closed_by((1, 2), [(2, 1)]) == {(1, 2), (2, 1)}
    assert closed_by((1, 2), [(2, 3), (3, 1), (3, 4), (5, 2)]) == {(1, 2), (2, 3), (3, 1)}


moves = st.lists(
    st.tuples(
        st.sampled_from(["by hand", "copy", "system", "ask", "confirm", "own", "exchange", "verify"]),
        st.integers(0, 2),
        st.integers(0, 2),
        st.integers(0, 3),
    ),
    max_size=14,
)


@SLOW
@given(moves)
def test_colluders_gain_nothing_without_a_system_s_word(cast: Cast, moves):
    """Three who do whatever the portal lets them, through its own verbs; every favour is returned in the end."""
    three = [cast.mia, cast.lea, cast.olga]
    with transaction.atomic():
        for move, one, other, number in moves:
            _try(move, three[one], three[other], f"i-{number}", cast)
        given_ = WorkItem.objects.exclude(verified_by=None).order_by("verified_at")
        for item in list(given_):
            back = f"back-{item.pk}"
            accepted(item.verified_by, cast.support, back, by=item.person)
        assert [counted(person) for person in three] == [0, 0, 0]
        known = [Acceptance(one.verified_by_id, one.person_id, one.verified_at) for one in given_.all()]
        assert len(reciprocal(known)) == len(known) == WorkItem.objects.filter(in_circle=True).count()
        transaction.set_rollback(True)


def _try(move: str, person, other, name: str, cast: Cast) -> None:
    try:
        with transaction.atomic():
            item = WorkItem.objects.filter(identity=name).first()
            match move:
                case "by hand":
                    by_hand(person, cast.support, name)
                case "copy":
                    by_hand(other, cast.support, name)
                case "system":
                    credited(person, cast.support, name, system="tickets")
                case "ask" if item:
                    actions.ask(item.person, item, colleague=person)
                case "confirm" if item:
                    actions.confirm(item.asked_of or person, item)
                case "own" if item:
                    actions.confirm(item.person, item)
                case "verify" if item:
                    actions.confirm(other, item)
                case "exchange" if person != other:
                    accepted(person, cast.support, f"x-{name}-{person.pk}", by=other)
                    accepted(other, cast.support, f"y-{name}-{other.pk}", by=person)
                case _:
                    actions.claim(person, claim(other, cast.support, name, by_hand=True))
    except ValidationError:
        pass
