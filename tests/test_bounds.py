"""Every number in a table has a bound that the database keeps, or says here why it has none."""

import math
import re

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from agents.queue.models import Task
from agents.registry.models import MOST, Agent
from metering.budgets import reserving
from metering.budgets.models import Budget, BudgetCounter
from portal.validation import within
from tests.cast import Cast
from tests.tables import models_of
from tests.world import World, make_world

NUMBERS = (models.IntegerField, models.DecimalField, models.FloatField, models.DurationField)
ROW = "names a row, which is not counted with"
CALENDAR = "code takes it from the calendar"
SEALED = "PostgreSQL alone writes it, when it seals; the portal's role cannot"
COUNTED = "what a check of the trail has counted, asked of nobody"
CORRECTED = "sums of the ledger, from which corrections take away"

FREE = {
    "chat.ChatMessage.task_number": ROW,
    "memory.DreamLine.task_number": ROW,
    "memory.MemoryNote.task_number": ROW,
    "metering.CorrectionRequest.latest_event": ROW,
    "metering.DayUsage.cost_micros": CORRECTED,
    "metering.DayUsage.requests": CORRECTED,
    "metering.DayUsage.unpriced_requests": CORRECTED,
    "metering.DayUsage.input_tokens": CORRECTED,
    "metering.DayUsage.cache_read_tokens": CORRECTED,
    "metering.DayUsage.cache_write_tokens": CORRECTED,
    "metering.DayUsage.output_tokens": CORRECTED,
    "metering.Publication.cost_micros": CORRECTED,
    "metering.Publication.items": CORRECTED,
    "metering.SeenPage.year": CALENDAR,
    "metering.Settled.cost_micros": CORRECTED,
    "metering.Settled.items": CORRECTED,
    "metering.Settled.late_micros": "what came in or was taken away after its weeks were settled",
    "metering.Settled.late_items": "what came in or was taken away after its weeks were settled",
    "metering.UsageEvent.id": ROW,
    "metering.UsageKey.figures": "a digest",
    "metering.YearCohort.year": CALENDAR,
    "portal.Entry.target_id": ROW,
    "slack.AskMessage.ask": ROW,
    "slack.TaskThread.task": ROW,
    "portal.Notice.about_id": ROW,
    **dict.fromkeys(
        [f"portal.Seal.{name}" for name in ("entries", "horizon", "rule", "segment", "top")], SEALED
    ),
    **dict.fromkeys(["portal.TrailCheck.entries", "portal.TrailCheck.marks", "portal.Tally.number"], COUNTED),
    "portal.Tally.upto": SEALED,
}


def unbounded() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c'"
        )
        checks: dict[str, str] = {}
        for table, definition in cursor:
            checks[table] = checks.get(table, "") + definition
    found = []
    for model in models_of():
        for field in model._meta.concrete_fields:
            counts = isinstance(field, NUMBERS) and not field.is_relation and not field.primary_key
            held = re.search(rf"\b{field.column}\b", checks.get(model._meta.db_table, ""))
            if counts and not held and field.name not in {"agent_id", "connection_id"}:
                found.append(f"{model._meta.label}.{field.name}")
    return found


@pytest.mark.django_db
def test_every_number_has_a_bound_or_a_reason():
    assert sorted(set(unbounded()) - set(FREE)) == []
    assert sorted(set(FREE) - set(unbounded())) == [], "bounded by now"


def refused(rows: models.QuerySet, **values: object) -> bool:
    try:
        with transaction.atomic():
            rows.update(**values)
    except IntegrityError:
        return True
    return False


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world(cast)


def test_the_database_refuses_what_is_negative_or_absurd(world: World):
    agents, tasks = Agent.objects.filter(pk=world.agent.pk), Task.objects.filter(pk=world.task.pk)
    for field, most in MOST.items():
        for value in (-1, most + 1):
            assert refused(agents, **{field: value}), field
            assert refused(tasks, **{field: value}), field
        assert not refused(agents, **{field: most})
    for value in (-0.1, math.nan, math.inf):
        assert refused(tasks, seconds_worked=value)
    budgets = Budget.objects.filter(pk=world.budget.pk)
    for value in (-1, 0, 10**15 + 1):
        assert refused(budgets, limit_micros=value)
    made = BudgetCounter.objects.create(budget=world.budget, starts_at=timezone.now())
    for field in ("settled_micros", "reserved_micros", "unpriced_calls"):
        assert refused(BudgetCounter.objects.filter(pk=made.pk), **{field: -1})


@pytest.mark.parametrize("micros", [-1, -(10**12), 10**15 + 1])
def test_no_call_costs_less_than_nothing(db: None, micros: int):
    caller = reserving.Caller.__new__(reserving.Caller)  # refused before anything of it is read
    for verb in (reserving.settle, reserving.reserve):
        with pytest.raises(ValueError, match="One call costs 0 to"):
            verb(caller, micros=micros)


def test_a_bound_says_itself_in_words():
    assert (
        within("max_steps", 0, 10_000).violation_error_message == "Max steps: at least 0 and at most 10,000."
    )
