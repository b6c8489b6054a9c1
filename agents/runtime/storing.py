"""Stores what a model said: the step, its usage in the ledger and the task's totals, or none of them."""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone
from pydantic_ai.messages import ModelResponse, TextPart

from agents.queue import claims
from agents.queue.models import Step, Task
from agents.queue.moves import Lost, fenced
from agents.runtime import spending, transcript, turns
from agents.storable import storable
from metering.usage.calls import ModelCall
from metering.usage.ledger import record
from metering.usage.validation import TOKENS


def store(task: Task, response: ModelResponse, held: spending.Held, *, number: int) -> Step:
    """The step, its usage in the ledger and the task's totals, in one transaction.

    Raises Lost where the task is no longer this worker's. The answer was paid for all the same, so its usage is kept,
    under the name of this claim: the step is made by who has the task now.
    """
    tokens = turns.tokens(response.usage)
    read, wrote = (min(tokens[name], TOKENS) for name in ("input_tokens", "output_tokens"))
    # By the name that was asked for, as its budgets were: what an answer calls itself may have another price, or none.
    provider, _, model = task.agent.model.partition(":")
    with transaction.atomic():
        kept = _still_ours(task)
        priced = record(
            ModelCall(
                source="portal",
                key=spending.call_name(task, number) if kept else held.call,
                at=timezone.now(),
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
        cost = priced.micros if priced else None
        changes: dict[str, Any] = {"tokens": F("tokens") + read + wrote}
        if cost is not None:
            changes["cost_micros"] = Coalesce(F("cost_micros"), 0) + cost
        if kept:
            changes |= {"steps_done": number, "shape": claims.SHAPE}
            step = Step.objects.create(
                task=task,
                number=number,
                response=transcript.dump(response),
                text=storable("\n\n".join(_words(response))),
                input_tokens=read,
                output_tokens=wrote,
                cost_micros=cost,
            )
        Task.objects.filter(pk=task.pk).update(**changes, changed_at=timezone.now())
        spending.settle(task, held, cost if read else None)
    spending.check_spending(task)
    if not kept:
        raise Lost(f"{task} went on without this worker")
    task.refresh_from_db(fields=["steps_done", "tokens", "cost_micros"])
    return step


def _words(response: ModelResponse) -> list[str]:
    return [part.content for part in response.parts if isinstance(part, TextPart)]


def _still_ours(task: Task) -> bool:
    try:
        fenced(task)
    except Lost:
        return False
    return True
