"""Stores what a model said: the step, its usage in the ledger and the task's totals, or none of them."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone
from psycopg.types.json import Jsonb
from pydantic_ai.messages import ModelResponse, TextPart

from agents.lifecycle.tasks import finish_task
from agents.queue import claims
from agents.queue.models import Step, Task
from agents.queue.moves import Lost, fenced
from agents.runtime import spending, transcript, turns
from agents.runtime.ending import counts
from agents.storable import storable
from metering.usage.calls import ModelCall
from metering.usage.ledger import record
from metering.usage.validation import TOKENS
from portal import prepared
from portal.audit.record import Acting

TOTALS = """
    tokens = tokens + %(spent)s, changed_at = %(at)s,
    cost_micros = CASE WHEN %(cost)s::bigint IS NULL THEN cost_micros ELSE coalesce(cost_micros, 0) + %(cost)s END
"""
SPENT = f"UPDATE agents_task SET {TOTALS} WHERE id = %(task)s"  # noqa: S608  (fixed texts)
STORED = f"""
    WITH step AS (
        INSERT INTO agents_step (task_id, number, response, text, input_tokens, output_tokens, cost_micros, at)
        VALUES (%(task)s, %(number)s, %(response)s, %(text)s, %(input_tokens)s, %(output_tokens)s,
            %(cost)s::bigint, %(at)s)
        RETURNING id)
    UPDATE agents_task SET steps_done = %(number)s, shape = %(shape)s, {TOTALS} WHERE id = %(task)s
    RETURNING (SELECT id FROM step), steps_done, tokens, cost_micros
"""  # noqa: S608  (fixed texts)


def store(task: Task, response: ModelResponse, held: spending.Held, *, number: int) -> Step:
    """The step, its usage in the ledger and the task's totals, in one transaction.

    Raises Lost where the task is no longer this worker's. The answer was paid for all the same, so its usage is kept,
    under the name of this claim: the step is made by who has the task now.
    """
    with transaction.atomic():
        kept = _still_ours(task)
        step, cost = _write(task, response, held, number=number, kept=kept)
        counted = spending.settle(task, held, cost)
    if counted:
        spending.check_spending(task)
    if not kept:
        raise Lost(f"{task} went on without this worker")
    return step


def store_last(task: Task, response: ModelResponse, held: spending.Held, *, number: int) -> None:
    """The same, and the task ends with it, in one transaction. Raises what keeps it from ending: nothing is stored."""
    counted = []

    @contextmanager
    def stored() -> Iterator[str]:
        fenced(task)
        step, cost = _write(task, response, held, number=number, kept=True)
        yield step.text
        counted.append(spending.settle(task, held, cost))

    finish_task(Acting(task.agent), task, result=stored(), counts=counts(task))
    if any(counted):
        spending.check_spending(task)


def _write(
    task: Task, response: ModelResponse, held: spending.Held, *, number: int, kept: bool
) -> tuple[Step, int | None]:
    """The step, where it is ours to make, the ledger's row, and what both add to the task's totals. In a transaction,
    which is to settle then what is returned beside the step."""
    tokens = turns.tokens(response.usage)
    read, wrote = (min(tokens[name], TOKENS) for name in ("input_tokens", "output_tokens"))
    # By the name that was asked for, as its budgets were: what an answer calls itself may have another price, or none.
    provider, _, model = task.agent.model.partition(":")
    now = timezone.now()
    priced = record(
        ModelCall(
            source="portal",
            key=spending.call_name(task, number) if kept else held.call,
            at=now,
            person_id=task.person_id,
            team_id=task.agent.team_id,
            agent_id=task.agent_id,
            agent_name=str(task.agent),
            task=str(task.pk),
            provider=provider,
            model=model,
            **tokens,
            **turns.step_fields(task, response, number),
        )
    )
    step = Step(
        task=task,
        number=number,
        response=transcript.dump(response),
        text=storable("\n\n".join(_words(response))),
        input_tokens=read,
        output_tokens=wrote,
        cost_micros=priced.micros if priced else None,
        at=now,
    )
    given = {name: getattr(step, name) for name in ("number", "text", "input_tokens", "output_tokens", "at")}
    given |= {"task": task.pk, "response": Jsonb(step.response), "cost": step.cost_micros}
    given |= {"spent": read + wrote, "shape": claims.SHAPE}
    if kept:
        ((step.pk, task.steps_done, task.tokens, task.cost_micros),) = prepared.execute(STORED, given)
    else:
        prepared.execute(SPENT, given)
    return step, step.cost_micros if read else None


def _words(response: ModelResponse) -> list[str]:
    return [part.content for part in response.parts if isinstance(part, TextPart)]


def _still_ours(task: Task) -> bool:
    try:
        fenced(task)
    except Lost:
        return False
    return True
