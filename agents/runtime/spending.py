"""Budgets around a model call: reserve the most it can cost before it, settle what it cost after it.

The bound is one: a tokenizer makes no more tokens of a text than the text has bytes, and an answer is cut off at
``LONGEST_ANSWER`` tokens wherever it costs something or a budget stands that must not be passed. A task's own limit of
cost looks ahead by the same bound.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from pydantic_ai.messages import ModelMessage, ModelMessagesTypeAdapter
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.settings import ModelSettings

from agents.lifecycle.agents import pause_agent
from agents.queue.models import Task
from agents.queue.moves import Lost, held
from agents.runtime.limits import GiveUp
from metering import budgets
from metering.budgets import anomalies, watching, words
from metering.usage.context import book
from portal.audit.record import PORTAL
from portal.reasons import because

LONGEST_ANSWER = 8_192  # tokens
TIMEOUT = 120.0  # seconds that one model call may take, all of it; a lease is longer


@dataclass(frozen=True, slots=True)
class Held:
    """What is set aside for one model call by one worker: ``micros`` at most (None: not priced). ``call`` names both.

    A worker that lost its task may still wait for its answer while another makes the same step: each has its own.
    """

    call: str
    micros: int | None
    settings: ModelSettings  # how the call is to be made


def reserve(task: Task, history: list[ModelMessage], parameters: ModelRequestParameters) -> Held:
    """Set aside what the next model call can cost. Raises GiveUp with the budgets' reasons, or Lost."""
    if not held(task):
        raise Lost(f"{task} is no longer this worker's")
    call = f"{call_name(task, task.steps_done + 1)}:claim:{task.claim}"
    micros = most(task.agent.model, history, parameters)
    if micros is not None and (task.cost_micros or 0) + micros > task.max_cost_micros:
        raise GiveUp(because("limit_cost_ahead", most=task.max_cost_micros))
    try:
        found = budgets.reserve(_caller(task, call), micros=micros)
    except budgets.Refused as refused:
        raise GiveUp(words.refusals(refused.full, task.agent.model)) from refused
    settings: ModelSettings = {"timeout": TIMEOUT}
    bounded = found.hard or micros is not None
    return Held(call, micros, settings | {"max_tokens": LONGEST_ANSWER} if bounded else settings)


def give_back(held: Held) -> None:
    """The model did not answer."""
    budgets.give_back(held.call)


def settle_cut(task: Task, held: Held) -> None:
    """The answer was cut off: it was said, so it is paid for."""
    with transaction.atomic():
        settle(task, held, None)


def settle(task: Task, held: Held, micros: int | None) -> int:
    """The call cost ``micros``. Inside the transaction that stores its answer, last. Returns what the budgets count.

    None: unknown, because the model did not say what it used, or the ledger did not take it. Then the budgets count
    the most that the call can have cost, where that is known: an answer was given, so it was not free.
    """
    counted = held.micros if micros is None else micros
    budgets.settle(_caller(task, held.call), micros=counted)
    return counted or 0


def check_spending(task: Task) -> None:
    """After a step: stop the agent where it runs away. The task then ends as with any stop."""
    hour = watching.this_hour(task.agent_id)
    if hour is None or not hour.is_anomaly:
        return
    agent = task.agent
    agent.refresh_from_db()
    if agent.state != agent.State.ACTIVE:
        return
    pause_agent(PORTAL, agent, cause=anomalies.reason(hour), runaway=True)
    watching.stopped_for(task.agent_id, hour)


def most(model: str, history: list[ModelMessage], parameters: ModelRequestParameters) -> int | None:
    """The most that one call can cost, in micros; None: the model has no price."""
    provider, _, name = model.partition(":")
    read = len(ModelMessagesTypeAdapter.dump_json(history)) + _tools(parameters)
    return book().price(provider, name, timezone.now(), read, 0, 0, LONGEST_ANSWER).micros


def _tools(parameters: ModelRequestParameters) -> int:
    """How many bytes the tools' descriptions have at most."""
    return len(repr(parameters.function_tools).encode())


def call_name(task: Task, number: int) -> str:
    """Names one step's model call in the ledger."""
    return f"task:{task.pk}:step:{number}"


def _caller(task: Task, call: str) -> budgets.Caller:
    agent = task.agent
    return budgets.Caller(
        call=call,
        task=str(task.pk),
        agent_id=agent.pk,
        agent_name=str(agent),
        team_id=agent.team_id,
        cost_centre=agent.team.cost_centre,
    )
