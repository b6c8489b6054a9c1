"""Usage that was written by the first ledger is whole in today's: calls, keys and each day's sums."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Sum

from metering.rollups.models import DayUsage
from metering.usage.calls import ModelCall
from metering.usage.ledger import record
from metering.usage.models import Kept, UsageEvent, UsageRefusal
from tests.roles import superuser

FIRST = ("metering", "0002_ledger")
NOW = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
LONG_AGO = NOW - timedelta(days=400)  # its partition is none that the migration makes for today

# key, moment, person, agent, task, cost
CALLS = [
    ("a:1", NOW - timedelta(days=3), 1, 7, 41, 2500),
    ("a:2", NOW - timedelta(days=3), 1, 7, 41, None),
    ("a:3", NOW - timedelta(days=2), 1, None, None, 2500),
    ("b:1", NOW - timedelta(days=3), 2, 7, 42, 1000),
    ("b:old", LONG_AGO, 2, 7, 43, 1000),
]


@pytest.fixture
def before(db: None) -> Iterator[None]:
    """A schema beside the tests' own, as it was with the first ledger; it goes with the test's transaction."""
    with superuser(), connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA first_ledger; SET LOCAL search_path TO first_ledger")
        MigrationExecutor(connection).migrate([FIRST])
        cursor.execute(
            """
            INSERT INTO auth_group (id, name) VALUES (1, 'team: Old');
            INSERT INTO portal_team (id, name, cost_centre, group_id, created_at) VALUES (1, 'Old', '1', 1, now());
            INSERT INTO portal_person (id, password, is_superuser, email, display_name, time_zone, is_active, joined_at,
                session_epoch) SELECT n, '!', false, n || '@example.com', 'P' || n, 'UTC', true, now(), 0
                FROM generate_series(1, 2) AS n;
            SELECT metering_make_partition(%s::date);
            """,
            [LONG_AGO.date().replace(day=1)],
        )
        for key, at, person, agent, task, micros in CALLS:
            cursor.execute(
                """
                INSERT INTO metering_usagekey (source, key, at) VALUES ('portal', %(key)s, %(at)s);
                INSERT INTO metering_usageevent (at, source, key, person_id, team_id, agent_id, agent_name, task_id,
                    provider, model, input_tokens, cache_read_tokens, cache_write_tokens, output_tokens, cost_micros,
                    priced_by) VALUES (%(at)s, 'portal', %(key)s, %(person)s, 1, %(agent)s, 'A', %(task)s, 'openai',
                    'gpt-4o', 1000, 200, 30, 50, %(micros)s, 'a list');
                INSERT INTO metering_dayusage AS d (day, person_id, team_id, agent_id, agent_name, provider, model,
                    requests, input_tokens, cache_read_tokens, output_tokens, cost_micros, unpriced_requests)
                    VALUES (%(at)s::date, %(person)s, 1, coalesce(%(agent)s::bigint, 0), 'A', 'openai', 'gpt-4o', 1,
                        1000, 200, 50, coalesce(%(micros)s::bigint, 0), (%(micros)s::bigint IS NULL)::int)
                    ON CONFLICT (day, person_id, team_id, agent_id, provider, model) DO UPDATE SET
                        requests = d.requests + 1, input_tokens = d.input_tokens + 1000,
                        cache_read_tokens = d.cache_read_tokens + 200, output_tokens = d.output_tokens + 50,
                        cost_micros = d.cost_micros + excluded.cost_micros,
                        unpriced_requests = d.unpriced_requests + excluded.unpriced_requests;
                """,
                {"key": key, "at": at, "person": person, "agent": agent, "task": task, "micros": micros},
            )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        yield


def migrate() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_calls_keys_and_days_survive(before):
    migrate()
    fields = ("key", "at", "person_id", "agent_id", "task", "cost_micros", "unpriced", "currency", "kind")
    assert sorted(UsageEvent.objects.values_list(*fields)) == [
        (key, at, person, agent, str(task or ""), micros, int(micros is None), "USD", "call")
        for key, at, person, agent, task, micros in CALLS
    ]
    assert Kept.objects.get().currency == "USD"
    days = DayUsage.objects.order_by("day", "person_id").values_list(
        "day", "person_id", "agent_id", "requests", "cache_write_tokens", "cost_micros", "unpriced_requests"
    )
    third, second = (NOW - timedelta(days=3)).date(), (NOW - timedelta(days=2)).date()
    assert list(days) == [
        (LONG_AGO.date(), 2, 7, 1, 30, 1000, 0),
        (third, 1, 7, 2, 60, 2500, 1),
        (third, 2, 7, 1, 30, 1000, 0),
        (second, 1, 0, 1, 30, 2500, 0),
    ]


def test_what_comes_in_after_goes_on_from_there(before):
    """A key that was taken is taken still, and the next call of a day joins the day's row."""
    migrate()
    again = ModelCall("portal", "a:1", CALLS[0][1], 1, 1, "openai", "gpt-4o", 1000, 50, 200, 30, 7, "A", "41")
    assert record(again) is None
    assert not UsageRefusal.objects.exists()
    fresh = ModelCall("portal", "a:4", CALLS[0][1], 1, 1, "openai", "gpt-4o", 1000, 50, 200, 30, 7, "A", "41")
    assert record(fresh) is not None
    ids = list(UsageEvent.objects.order_by("id").values_list("id", flat=True))
    assert len(set(ids)) == len(CALLS) + 1
    day = DayUsage.objects.get(person_id=1, day=CALLS[0][1].date())
    assert (day.requests, day.input_tokens, day.cache_write_tokens) == (3, 3000, 90)
    events = UsageEvent.objects.filter(person_id=1, agent_id=7).aggregate(Sum("cost_micros"))
    assert day.cost_micros == events["cost_micros__sum"]
