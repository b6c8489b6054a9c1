"""Batches: the same rows as one by one, once each, whoever sends them at the same time; what is refused says why."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from metering.rollups.models import SUMS, DayUsage
from metering.usage import bulk, ledger, rows, validation
from metering.usage.calls import BatchContext
from metering.usage.ledger import Ingested, record, record_many
from metering.usage.models import UsageEvent, UsageKey, UsageRefusal
from metering.usage.prices import Book
from metering.usage.row import COLUMNS
from metering.usage.writing import FEW
from tests.metering.builders import call

MANY = 3 * FEW
NOW = datetime.now(UTC)
COMPARED = [name for name in COLUMNS if name not in {"key", "source"}]
NAMES = ["Inbox triage", 'Say "when"', "None", "a\\b, c\\N", "", "Zoë’s 🦊"]


def batch(cast, number: int = MANY, source: str = "batch", seed: int = 1) -> list[ledger.ModelCall]:
    draw = random.Random(seed)
    return [
        call(
            draw.choice([cast.mia, cast.lea]),
            draw.choice([cast.support, cast.sales]),
            source=source,
            key=f'{source} "{n}" \\',
            at=NOW - timedelta(minutes=draw.randrange(60 * 24 * 60)),
            model=draw.choice(["openai:gpt-4o", "anthropic:claude-haiku-4-5", "acme:unheard-of"]),
            agent_id=draw.choice([None, 1, 2]),
            agent_name=draw.choice(NAMES),
            task=draw.choice(["", "17"]),
            trigger=draw.choice(["", "manual", "schedule"]),
            input_tokens=draw.randrange(500, 9000),
            cache_read_tokens=draw.randrange(400),
            cache_write_tokens=draw.randrange(99),
            output_tokens=draw.randrange(900),
            turn=draw.randrange(9),
            failed=draw.random() < 0.1,
            retried=draw.random() < 0.1,
            tool_calls=draw.randrange(5),
            changes=draw.randrange(3),
            cost_micros=draw.choice([None, None, 77]),
        )
        for n in range(number)
    ]


def sums() -> list[tuple]:
    keys = ("day", "person_id", "team_id", "agent_id", "provider", "model")
    return sorted(DayUsage.objects.values_list(*keys, *SUMS))


def test_a_batch_comes_to_the_same_as_one_by_one(cast):
    assert record_many(batch(cast)).written == MANY
    together = sums()
    DayUsage.objects.all().delete()
    for made in batch(cast, source="single"):
        assert record(made) is not None
    assert sums() == together
    first, second = (
        [
            tuple(row)
            for row in UsageEvent.objects.filter(source=source).order_by("key").values_list(*COMPARED)
        ]
        for source in ("batch", "single")
    )
    swapped = [tuple(str(v).replace("stated by single", "stated by batch") for v in row) for row in second]
    assert [tuple(map(str, row)) for row in first] == swapped


@pytest.mark.parametrize("number", [5, MANY])
def test_sent_again_nothing_is_written_twice(cast, number):
    made = batch(cast, number)
    assert record_many([*made, *made[:3]]) == Ingested(number, 3, 0, late=_late(made))
    before = sums()
    more = batch(cast, 2, source="more")
    assert record_many([*made, *more]) == Ingested(2, number, 0, late=_late(more))
    assert UsageEvent.objects.count() == UsageKey.objects.count() == number + 2
    DayUsage.objects.all().delete()
    assert record_many(made).written == 0
    assert before
    assert not DayUsage.objects.exists()


def _late(made: list[ledger.ModelCall]) -> int:
    return sum(datetime.now(UTC) - one.at > validation.SETTLED for one in made)


@pytest.mark.parametrize("number", [2, MANY])
@pytest.mark.parametrize(
    "change", [{"output_tokens": 901}, {"provider": "azure"}, {"cost_micros": 78}, {"cost_micros": None}]
)
def test_the_same_key_with_other_figures_is_not_taken_silently(cast, number, change):
    made = batch(cast, number)
    made[0] = replace(made[0], cost_micros=77)
    changed = replace(made[0], **change)
    assert record_many(made).written == number
    assert record_many([*made, changed]) == Ingested(0, number, 1)
    assert record_many([changed, made[1]]) == Ingested(0, 1, 1)
    refusal = UsageRefusal.objects.get()
    assert (refusal.key, refusal.times, refusal.reason) == (made[0].key, 2, ledger.DIFFERS)


def test_a_late_event_is_taken_and_says_so(cast):
    made = call(cast.mia, cast.support, at=datetime.now(UTC) - timedelta(days=9))
    assert record_many([made]).late == 1
    assert UsageEvent.objects.get().note == "late: came in 9 days after the call"


WRONG = {
    "negative": ({"output_tokens": -1}, "never negative"),
    "absurd": ({"input_tokens": validation.TOKENS + 1}, "is a mistake"),
    "absurd turn": ({"turn": 10**7}, "is a mistake"),
    "cached but not read": ({"cache_read_tokens": 1001}, "has to include"),
    "stated below nothing": ({"cost_micros": -1}, "one call costs"),
    "stated absurdly": ({"cost_micros": 10**12}, "one call costs"),
    "to come": ({"at": NOW + timedelta(hours=1)}, "in the future"),
    "too old": ({"at": NOW - timedelta(days=92)}, "older events are not kept"),
    "without a zone": ({"at": NOW.replace(tzinfo=None)}, "no zone"),
    "of nobody": ({"person_id": 0}, "no person"),
    "of no team": ({"team_id": 0}, "no team"),
    "of nobody that could be": ({"person_id": 2**63}, "no person 9223372036854775808"),
    "of no team that could be": ({"team_id": -(2**70)}, "no team"),
    "of an agent below none": ({"agent_id": -5}, "no agent -5"),
    "of no agent that could be": ({"agent_id": 2**63}, "no agent"),
    "without a key": ({"key": ""}, "key is empty"),
    "with a long key": ({"key": "k" * 201}, "longer than 200"),
    "with a key that is no text": ({"key": "a\0b\ud800"}, "no text"),
    "with a line in the model": ({"model": "gpt\n4"}, "no text"),
    "with another trigger": ({"trigger": "moon"}, "neither manual"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_is_refused_with_a_reason_and_the_rest_is_taken(cast, name):
    change, reason = WRONG[name]
    good, bad = batch(cast, 2)[:1], replace(call(cast.mia, cast.support), **change)
    assert record(bad) is None
    assert record_many([*good, bad]) == Ingested(1, 0, 1, late=_late(good))
    refusal = UsageRefusal.objects.get()
    assert reason in refusal.reason
    assert (refusal.source, refusal.times) == ("test", 2)
    assert UsageEvent.objects.count() == DayUsage.objects.get().requests == 1


@pytest.mark.parametrize("at", [NOW + timedelta(days=5), NOW - timedelta(days=150)])
def test_what_is_refused_for_its_time_is_one_row_whenever_it_is_sent(cast, at):
    made = call(cast.mia, cast.support, at=at)
    for days in range(3):
        record_many([made], now=NOW + timedelta(days=days, minutes=days))
    assert UsageRefusal.objects.get().times == 3


FRAME = BatchContext(NOW, NOW - timedelta(days=90), frozenset({1}), frozenset({1}))
counts = st.sampled_from([-1, 0, 1, 999, 1000, 10_001, validation.TOKENS, validation.TOKENS + 1])


@given(
    st.lists(counts, min_size=8, max_size=8),
    st.sampled_from([NOW, FRAME.oldest, FRAME.latest, FRAME.oldest - timedelta(1), NOW + timedelta(1)]),
    st.sampled_from(["k", "", "k" * 201, "\x7f", "a\tb"]),
    st.sampled_from(["", "t", "t" * 81, "a\tb"]),
    st.sampled_from([0, 1]),
    st.sampled_from([None, 0, 7, -5, 2**63]),
)
@hypothesis_settings(max_examples=300)
def test_the_fast_looks_refuse_what_the_slow_one_refuses(numbers, at, key, task, who, agent):
    tokens = dict(
        zip(
            ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens"),
            numbers,
            strict=False,
        )
    )
    more = dict(zip(("turn", "tool_calls", "changes", "cost_micros"), numbers[4:], strict=False))
    like = ledger.ModelCall("s", "like", NOW, who, 1, "p", "m", 0, 0, task=task)
    made = [like, replace(like, key=key, at=at, agent_id=agent, **tokens, **more)]
    refused = [(one, reason) for one in made if (reason := validation.wrong(one, FRAME))]
    book, batch = Book([], [], "USD"), bulk.Bulk()
    bulk.lines(made, FRAME, book, batch)
    assert batch.refused == rows.rows(made, FRAME, book).refused == refused


def test_of_another_time_a_batch_is_looked_at_then(cast):
    then = datetime(2020, 3, 1, tzinfo=UTC)
    made = [replace(one, at=then - timedelta(days=n)) for n, one in enumerate(batch(cast, 9))]
    assert record_many(made).written == 0
    assert record_many(made, now=then).written == 9
