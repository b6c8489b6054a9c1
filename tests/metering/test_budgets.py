"""Reserve in all budgets or in none, settle, give back; periods; raises; what a crash leaves."""

from datetime import UTC, timedelta

import pytest
from django.utils import timezone

from metering import budgets
from metering.budgets import Refused, actions, reserving, watching, words
from metering.budgets.models import AgentHour, BudgetCounter, BudgetRefusal, BudgetReservation
from metering.budgets.permissions import About, of_team
from portal.audit.models import Entry
from portal.reasons import render_reason
from tests.metering.budgeted import CENT, DOLLAR, NOON, budget, caller, every, of_seven, sums, task_of

pytestmark = pytest.mark.django_db


def test_a_call_is_set_aside_in_every_budget_that_counts_it_and_then_paid_for(cast):
    all_five, other = every(cast), budget(cast.finn, About("cost_centre", "4200", "4200"))
    held = budgets.reserve(caller(cast), micros=30 * CENT)
    assert (held.budgets, held.hard) == (5, True)
    assert [sums(one) for one in all_five] == [(0, 30 * CENT)] * 5
    budgets.settle(caller(cast), micros=12 * CENT)
    assert [sums(one) for one in all_five] == [(12 * CENT, 0)] * 5
    assert sums(other) == (0, 0)
    assert not BudgetReservation.objects.exists()


def test_it_is_one_statement(cast, django_assert_num_queries):
    every(cast)
    budgets.give_back("none")
    budgets.reserve(caller(cast), micros=CENT)  # the first of its periods makes the counters
    with django_assert_num_queries(1):
        budgets.reserve(caller(cast, call="second"), micros=CENT)
    with django_assert_num_queries(1):
        budgets.give_back("second")
    with django_assert_num_queries(1):
        budgets.settle(caller(cast), micros=None)


def test_without_a_budget_nothing_is_kept(cast):
    held = budgets.reserve(caller(cast), micros=CENT)
    assert (held.budgets, held.hard) == (0, False)
    budgets.settle(caller(cast), micros=CENT)
    assert not BudgetReservation.objects.exists()
    assert AgentHour.objects.get().micros == CENT


def test_one_that_is_full_refuses_for_all_and_no_other_counts_it(cast):
    wide = [one for one in every(cast) if one.scope != "agent"]
    small = wide.pop(2)  # the team's
    actions.end(cast.lea, small)
    small = budget(cast.lea, of_team(cast.support), 20 * CENT)
    with pytest.raises(Refused) as refused:
        budgets.reserve(caller(cast), micros=21 * CENT)
    (full,) = refused.value.full
    assert (full.scope, full.name, full.limit, full.needs) == ("team", "Support", 20 * CENT, 21 * CENT)
    assert [sums(one) for one in (*wide, small)] == [(0, 0)] * 4
    assert not BudgetReservation.objects.exists()
    budgets.reserve(caller(cast), micros=20 * CENT)  # to the last micro


def test_a_soft_one_never_refuses(cast):
    soft = budget(cast.finn, About("organisation"), CENT, hard=False)
    held = budgets.reserve(caller(cast), micros=DOLLAR)
    assert (held.budgets, held.hard) == (1, False)
    budgets.settle(caller(cast), micros=DOLLAR)
    assert sums(soft) == (DOLLAR, 0)


def test_each_period_begins_with_nothing_used(cast):
    one = of_seven(cast, 10 * CENT, span="day")
    budgets.reserve(caller(cast), micros=10 * CENT, now=NOON)
    with pytest.raises(Refused):
        budgets.reserve(caller(cast, call="b"), micros=CENT, now=NOON + timedelta(hours=11, minutes=59))
    budgets.reserve(caller(cast, call="c"), micros=10 * CENT, now=NOON + timedelta(hours=12))
    assert list(BudgetCounter.objects.order_by("starts_at").values_list("reserved_micros", flat=True)) == [
        10 * CENT,
        10 * CENT,
    ]
    # A call that began before midnight is paid for where it was reserved.
    budgets.settle(caller(cast), micros=4 * CENT, now=NOON + timedelta(hours=13))
    first, second = BudgetCounter.objects.filter(budget=one).order_by("starts_at")
    assert (first.settled_micros, second.settled_micros) == (4 * CENT, 0)
    assert first.ends_at == second.starts_at


def test_a_raise_holds_until_its_end(cast):
    one = budget(cast.lea, of_team(cast.support), 10 * CENT)
    until = timezone.now() + timedelta(days=2)
    raised = actions.raise_budget(cast.lea, one, micros=5 * CENT, until=until, why="quarter's end")
    budgets.reserve(caller(cast), micros=15 * CENT)
    budgets.give_back("task:5:step:1")
    later = until + timedelta(seconds=1)
    with pytest.raises(Refused):
        budgets.reserve(caller(cast), micros=15 * CENT, now=later)
    actions.end_raise(cast.lea, raised)
    with pytest.raises(Refused):
        budgets.reserve(caller(cast), micros=15 * CENT)
    entries = Entry.objects.filter(event__startswith="budget.").order_by("id")
    assert [str(entry) for entry in entries] == [
        "Lea Brandt set the month’s budget of team Support to $0.10",
        f"Lea Brandt raised the month’s budget of team Support by $0.05 until {until.astimezone(UTC):%-d %b %Y}",
        "Lea Brandt took back the raise of the month’s budget of team Support by $0.05",
    ]
    assert entries[1].details["why"] == "quarter's end"


def test_what_a_dead_worker_reserved_is_given_back_by_the_sweep(cast):
    all_five = every(cast)
    budgets.reserve(caller(cast), micros=30 * CENT)
    budgets.reserve(caller(cast, call="alive"), micros=CENT)
    soon = timezone.now() + reserving.LASTS
    BudgetReservation.objects.filter(call="alive").update(expires_at=soon + timedelta(hours=1))
    watching.sweep(soon - timedelta(minutes=1))
    assert sums(all_five[0]) == (0, 31 * CENT)
    watching.sweep(soon + timedelta(minutes=1))
    assert [sums(one) for one in all_five] == [(0, CENT)] * 5


def test_a_worker_that_comes_back_after_that_still_pays(cast):
    all_five = every(cast)
    budgets.reserve(caller(cast), micros=30 * CENT)
    reserving.give_back_lost(timezone.now() + timedelta(days=1))
    budgets.settle(caller(cast), micros=12 * CENT)
    assert [sums(one) for one in all_five] == [(12 * CENT, 0)] * 5


def test_a_worker_that_comes_back_in_the_next_period_pays_there(cast):
    one, whole = of_seven(cast, span="day"), budget(cast.mia, task_of(cast), span="whole")
    budgets.reserve(caller(cast), micros=30 * CENT, now=NOON)
    reserving.give_back_lost(NOON + timedelta(hours=1))
    for _ in range(2):
        budgets.settle(caller(cast), micros=12 * CENT, now=NOON + timedelta(hours=12))
    first, second = one.counters.order_by("starts_at")
    assert (first.settled_micros, second.settled_micros) == (0, 24 * CENT)
    assert second.ends_at - second.starts_at == timedelta(days=1)
    assert (sums(whole), whole.counters.get().ends_at) == ((24 * CENT, 0), None)


def test_a_try_gives_back_what_an_earlier_one_reserved_by_its_name(cast):
    one = of_seven(cast)
    budgets.reserve(caller(cast), micros=30 * CENT)
    budgets.reserve(caller(cast), micros=40 * CENT)
    assert sums(one) == (0, 70 * CENT)
    budgets.settle(caller(cast), micros=5 * CENT)
    assert sums(one) == (5 * CENT, 0)


def test_a_model_without_a_price_is_counted_and_refused_only_where_the_budget_says_so(cast):
    one = of_seven(cast, CENT)
    budgets.reserve(caller(cast), micros=None)
    budgets.settle(caller(cast), micros=None)
    counter = BudgetCounter.objects.get()
    assert (counter.settled_micros, counter.unpriced_calls) == (0, 1)
    strict = of_seven(cast, DOLLAR, span="week", refuses_unpriced=True)
    with pytest.raises(Refused) as refused:
        budgets.reserve(caller(cast), micros=None)
    assert [full.needs for full in refused.value.full] == [None]
    assert [sums(one), sums(strict)] == [(0, 0), (0, 0)]
    assert not BudgetRefusal.objects.exists(), "nothing waits for a period's end that will not help"


def test_a_refused_agent_waits_until_there_is_room(cast):
    one = of_seven(cast, 10 * CENT)
    budgets.reserve(caller(cast), micros=10 * CENT)
    with pytest.raises(Refused):
        budgets.reserve(caller(cast, call="b"), micros=2 * CENT)
    assert [row.agent_id for row in BudgetRefusal.objects.holding()] == [7]
    budgets.settle(caller(cast), micros=5 * CENT)  # it cost less than was set aside
    assert not BudgetRefusal.objects.holding().exists()
    budgets.reserve(caller(cast, call="c"), micros=5 * CENT)
    assert BudgetRefusal.objects.holding().exists()
    one.limit_micros += CENT
    one.save()
    assert not BudgetRefusal.objects.holding().exists()


def test_one_huge_call_does_not_hold_the_agent(cast):
    of_seven(cast, 10 * CENT)
    with pytest.raises(Refused):
        budgets.reserve(caller(cast), micros=DOLLAR)
    assert not BudgetRefusal.objects.holding().exists()


def test_a_refusal_does_not_depend_on_how_much_the_others_used(cast):
    """One person of a group learns that there is no room for their call, and nothing finer."""
    said = set()
    for used in (8 * CENT, 9 * CENT + 7):
        one = of_seven(cast, 10 * CENT)
        budgets.reserve(caller(cast), micros=used)
        budgets.settle(caller(cast), micros=used)
        with pytest.raises(Refused) as no:
            budgets.reserve(caller(cast), micros=3 * CENT)
        said |= {render_reason(words.refusal(full, "openai:gpt-5-mini")) for full in no.value.full}
        one.ended_at = timezone.now()
        one.save(update_fields=["ended_at"])
    (only,) = said
    assert "more than $0.07 of $0.10" in only
