"""Reads one person's calls and task facts for the rules, bounded by time and number."""

from collections import defaultdict
from datetime import datetime

from django.db import connection

from metering.privacy.visibility import Kind, Scope
from metering.signals.evidence import Call, Task
from metering.signals.models import TaskFact

MOST_TASKS, MOST_CALLS = 20_000, 200_000  # the latest of one person; more is looked at no further

# Without calls that a correction took off the person, or says never were.
CALLS_SQL = """
    SELECT source, task, key, turn, input_tokens, failed, retried, changes FROM metering_usageevent AS e
    WHERE person_id = %s AND at >= %s AND task <> '' AND kind = 'call' AND NOT EXISTS (
        SELECT FROM metering_usageevent AS c WHERE c.corrects <> '' AND c.corrects = e.key AND c.source = e.source
            AND c.at = e.at AND c.person_id = e.person_id AND c.requests < 0)
    ORDER BY at DESC, id DESC LIMIT %s
"""


def tasks_of(scope: Scope, since: datetime, until: datetime) -> tuple[list[Task], dict[str, TaskFact]]:
    """The person's tasks created between the two moments, and their facts by the number that names them there."""
    if scope.kind is not Kind.OWN:
        raise ValueError("Signals are looked for in one's own tasks only")
    created = TaskFact.objects.within(scope).filter(created_at__gte=since, created_at__lt=until)
    created = created.filter(ended_at__isnull=False)
    facts = list(created.order_by("-created_at", "-pk")[:MOST_TASKS])
    calls = _calls(scope.viewer, since)
    return (
        [_task(fact, calls.get((fact.source, fact.ref), ())) for fact in facts],
        {str(fact.pk): fact for fact in facts},
    )


def _calls(person: int, since: datetime) -> dict[tuple[str, str], list[Call]]:
    found: dict[tuple[str, str], list[Call]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(CALLS_SQL, [person, since, MOST_CALLS])
        for source, task, key, *rest in cursor.fetchall():
            found[source, task].append(Call(key, *rest))
    for listed in found.values():
        listed.sort(key=lambda call: call.turn)
    return found


def _task(fact: TaskFact, calls: "list[Call] | tuple[()]") -> Task:
    return Task(
        ref=str(fact.pk),
        at=fact.created_at,
        agent=fact.agent_id,
        calls=tuple(calls),
        scheduled=fact.trigger == "schedule",
        sketch=bytes(fact.sketch or b""),
        opened=fact.opened_at is not None,
        opened_by_other=fact.opened_by_other_at is not None,
        effects=fact.effects,
        verified=fact.verified_at is not None and fact.reversed_at is None,
        useful=fact.useful_at is not None,
        item=bool(fact.item),
    )
