"""Corrections are rows: after each the day's sums are what is right, the call's own row is what it was."""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metering.pricing import unpriced
from metering.rollups.models import DayUsage
from metering.rollups.periods import Period
from metering.usage import actions
from metering.usage.models import UsageEvent
from metering.workers import price_again
from portal.audit.models import Entry
from tests.metering.builders import today, used

SUMS = ("requests", "input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens", "cost_micros")
EVENT_SUMS = {name: Sum(name, default=0) for name in SUMS} | {"unpriced_requests": Sum("unpriced", default=0)}


def event(cast, **more) -> UsageEvent:
    return UsageEvent.objects.get(key=used(cast.mia, cast.support, **more).key)


def day(**of) -> tuple[int, ...]:
    """Calls, tokens read, tokens written, cost and calls not priced."""
    found = DayUsage.objects.filter(**of).totals()
    return tuple(
        found[n] for n in ("requests", "input_tokens", "output_tokens", "cost_micros", "unpriced_requests")
    )


def agrees() -> bool:
    """The roll-ups are the sum of the rows, corrections included."""
    found = UsageEvent.objects.aggregate(**EVENT_SUMS)
    return found == DayUsage.objects.totals()


def test_other_tokens_have_another_price(cast):
    made = event(cast)
    assert (
        actions.correct(cast.ada, made, note="the gateway counted twice", input_tokens=400, output_tokens=10)
        == 1
    )
    assert day() == (1, 400, 10, 1100, 0)
    row = UsageEvent.objects.get(kind="correction")
    assert (row.corrects, row.at, row.input_tokens, row.cost_micros, row.requests) == (
        made.key,
        made.at,
        -600,
        -1400,
        0,
    )
    assert UsageEvent.objects.get(key=made.key).input_tokens == 1000
    entry = Entry.objects.get(event="usage.corrected")
    assert (entry.actor, entry.target_name, entry.details["note"]) == (
        cast.ada,
        "Mia Park",
        "the gateway counted twice",
    )
    assert "400" not in str(entry.details)


def test_a_stated_cost_stays_whatever_the_tokens_are(cast):
    made = event(cast, model="acme:unheard-of")
    assert day() == (1, 1000, 0, 0, 1)
    actions.correct(cast.ada, made, note="on the invoice", cost_micros=5)
    assert day() == (1, 1000, 0, 5, 0)
    actions.correct(cast.ada, made, note="counted twice", input_tokens=500)
    assert day() == (1, 500, 0, 5, 0)


def test_what_never_happened_counts_nowhere_and_may_come_back(cast):
    made = event(cast)
    actions.correct(cast.ada, made, note="a test run", happened=False)
    assert day() == (0, 0, 0, 0, 0)
    with pytest.raises(ValidationError, match="says that already"):
        actions.correct(cast.ada, made, note="again", happened=False)
    actions.correct(cast.ada, made, note="it was none", input_tokens=2000)
    assert day() == (1, 2000, 0, 5000, 0)
    assert agrees()


def test_it_was_somebody_else_s(cast):
    made = event(cast)
    assert actions.correct(cast.ada, made, note="not mine", person=cast.olga, team=cast.sales) == 2
    assert day(person=cast.mia) == (0, 0, 0, 0, 0)
    assert day(person=cast.olga, team=cast.sales) == (1, 1000, 0, 2500, 0)
    moved = UsageEvent.objects.get(person=cast.olga)
    actions.correct(cast.ada, moved, note="and less", input_tokens=100)
    assert day(person=cast.olga) == (1, 100, 0, 250, 0)
    assert agrees()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"note": " "}, "says why"),
        ({"input_tokens": -1}, "Counts are from 0"),
        ({"cost_micros": -1}, "not negative"),
        ({"cost_micros": 10**10 + 1}, "at most 10,000,000,000"),
        ({"cost_micros": 10**19}, "at most 10,000,000,000"),
        ({"cache_read_tokens": 1001}, "include the cached"),
        ({"input_tokens": 1000}, "says that already"),
    ],
)
def test_a_correction_that_cannot_be_is_none(cast, change, words):
    with pytest.raises(ValidationError, match=words):
        actions.correct(cast.ada, event(cast), **({"note": "why"} | change))
    assert UsageEvent.objects.count() == 1
    assert not Entry.objects.filter(event="usage.corrected").exists()


def test_of_a_call_that_is_not_kept_there_is_nothing_to_correct(cast):
    made = event(cast)
    made.key = "another"
    with pytest.raises(ValidationError, match="not kept any more"):
        actions.correct(cast.ada, made, note="why", input_tokens=1)


steps = st.lists(
    st.one_of(
        st.fixed_dictionaries({"input_tokens": st.integers(0, 9000), "output_tokens": st.integers(0, 99)}),
        st.fixed_dictionaries({"cost_micros": st.integers(0, 99)}),
        st.just({"happened": False}),
        st.sampled_from(["ada", "mia"]).map(lambda name: {"person": name}),
    ),
    max_size=5,
)


@given(steps)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_corrected_the_sums_are_those_of_the_rows(cast, made):
    one = event(cast)
    for step in made:
        right = step | ({"person": getattr(cast, step["person"])} if "person" in step else {})
        with suppress(ValidationError):  # it says that already
            actions.correct("test", one, note="why", **right)
        if "input_tokens" in step:
            whole = UsageEvent.objects.filter(key=one.key) | UsageEvent.objects.filter(corrects=one.key)
            assert whole.aggregate(s=Sum("input_tokens"))["s"] == step["input_tokens"]
    assert agrees()


def test_a_price_that_is_known_now_is_written_to_calls_that_had_none(cast):
    used(cast.mia, cast.support, model="openai:house")
    used(cast.lea, cast.support, model="openai:house", cost_micros=7)
    used(cast.mia, cast.support, model="openai:house", on=today() - timedelta(days=9))
    actions.add_price(
        cast.finn, provider="openai", pattern="house", currency="USD", input=Decimal("4"), output=Decimal("8"),
        valid_from=today() - timedelta(days=3),
    )  # fmt: skip
    assert day() == (3, 3000, 0, 7, 2)
    price_again("openai", "house", cast.finn.pk)
    assert day() == (3, 3000, 0, 4007, 1)  # the stated one and the one before the contract stay
    assert agrees()
    entry = Entry.objects.get(event="usage.priced")
    assert (entry.actor, entry.details["model"]) == (cast.finn, "openai:house")
    assert entry.details.keys() == {"model", "first", "last", "note"}, (
        "no figure about who alone uses a model"
    )
    price_again("openai", "house", cast.finn.pk)
    assert UsageEvent.objects.filter(kind="correction").count() == 1


def test_a_mended_price_corrects_what_stands_and_only_in_its_days(cast, capsys):
    one = event(cast)
    actions.correct(cast.ada, one, note="half", input_tokens=500)
    used(cast.mia, cast.support, on=today() - timedelta(days=20))
    actions.add_price(
        cast.finn, provider="openai", pattern="gpt-*", currency="USD", input=Decimal("1"), output=Decimal("1"),
        valid_from=today() - timedelta(days=40),
    )  # fmt: skip
    call_command(
        "reprice", "openai:gpt-4o", "--from", str(today() - timedelta(days=5)), "--note", "contract 12"
    )
    assert "1 call of openai:gpt-4o" in capsys.readouterr().out
    assert day(day=today()) == (1, 500, 0, 500, 0)
    assert day(day=today() - timedelta(days=20)) == (1, 1000, 0, 2500, 0)
    assert (
        actions.price_again("test", provider="openai", model="gpt-4o", period=unpriced.kept_days()).calls == 1
    )
    assert agrees()
    assert UsageEvent.objects.filter(note="contract 12").count() == 1


def test_a_period_without_calls_is_no_error(db):
    period = Period(today(), timezone.now().date())
    assert actions.price_again("test", provider="openai", model="gpt-4o", period=period).calls == 0
