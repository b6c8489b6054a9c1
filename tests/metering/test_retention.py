"""Retention: months whose every day is too old go with their keys; what each day adds up to stays."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from metering.rollups.models import DayUsage
from metering.rollups.periods import month
from metering.usage import partitions
from metering.usage.context import oldest_kept
from metering.usage.ledger import record, record_many
from metering.usage.models import UsageEvent, UsageKey, UsageRefusal
from metering.workers import retention
from tests.metering.builders import call, used

NOW = datetime.now(UTC)
OLD = NOW - timedelta(days=200)


@pytest.fixture
def old(cast):
    """A call of long ago, written then."""
    made = call(cast.mia, cast.support, at=OLD)
    assert record_many([made], now=OLD).written == 1
    return made


def test_what_is_too_old_goes_and_its_sums_stay(cast, old):
    fresh = used(cast.mia, cast.support)
    retention()
    assert [event.key for event in UsageEvent.objects.all()] == [fresh.key]
    assert UsageKey.objects.count() == 1
    assert DayUsage.objects.get(day=OLD.date()).requests == 1
    assert OLD.date().replace(day=1) not in partitions.kept()
    assert partitions.drop_old() == []


def test_what_is_gone_is_not_written_twice(cast, old):
    partitions.drop_old()
    assert record(old) is None
    assert "older events are not kept" in UsageRefusal.objects.get().reason
    assert DayUsage.objects.get().requests == 1


def test_a_month_with_a_day_that_is_kept_stays(cast):
    at = oldest_kept(NOW) + timedelta(hours=1)
    made = used(cast.mia, cast.support, at=at)
    partitions.drop_old()
    assert UsageEvent.objects.get().key == made.key
    assert month(partitions.kept()[0]).last >= at.date()


def test_it_is_a_setting(cast, settings):
    used(cast.mia, cast.support, at=NOW - timedelta(days=80))
    settings.RETENTION = settings.RETENTION | {"events": 32}
    assert record(call(cast.mia, cast.support, at=NOW - timedelta(days=34))) is None
    partitions.drop_old()
    assert not UsageEvent.objects.exists()


def test_refusals_go_after_the_same_time(cast):
    record(call(cast.mia, cast.support, output_tokens=-1))
    partitions.drop_old()
    assert UsageRefusal.objects.exists()
    UsageRefusal.objects.update(received_at=NOW - timedelta(days=92))
    partitions.drop_old()
    assert not UsageRefusal.objects.exists()


def test_what_is_gone_can_no_longer_be_priced_and_is_no_error(cast, old, capsys):
    partitions.drop_old()
    call_command("reprice", "openai:gpt-4o", "--from", str(OLD.date()))
    assert "0 calls" in capsys.readouterr().out


@pytest.mark.parametrize("days", [0, 30])
def test_no_month_goes_that_is_not_old_enough_whoever_asks(cast, days):
    used(cast.mia, cast.support)
    day = (NOW - timedelta(days=days)).date()
    with pytest.raises(DatabaseError, match="not old enough"), transaction.atomic():
        connection.cursor().execute("SELECT metering_drop_month(%s)", [day])
    assert UsageEvent.objects.exists()
