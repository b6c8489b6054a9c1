"""Asks the model for its next answer: within the task's money and time, abandoned at once when the task is stopped."""

import asyncio
import logging
from dataclasses import replace

from django.db import InterfaceError, OperationalError
from django.utils import timezone
from pydantic_ai.exceptions import ModelHTTPError
from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.settings import ModelSettings

from agents.queue import claims
from agents.queue.models import Task
from agents.queue.moves import Lost
from agents.runtime import bounds, leaving, listening, spending, transcript, trouble
from agents.runtime.clock import Clock
from agents.runtime.limits import GiveUp, not_stopped
from agents.runtime.providers import UnknownModel, build
from agents.runtime.tools import tools
from agents.runtime.transcript import Transcript
from portal.reasons import Stored, because

log = logging.getLogger(__name__)

LOST_SESSION = (OperationalError, InterfaceError)


def ask(task: Task, so_far: Transcript, clock: Clock) -> tuple[ModelResponse, spending.Held]:
    """What the model says to the conversation so far; with it, what the tools that it calls were when it did.

    Beside it what was set aside for the call, and is to be settled.

    A tool's name may mean another connection later, when grants have ended. A call keeps its meaning.
    """
    offered = tools(task)
    try:
        model = build(task.agent.model)
    except UnknownModel as error:
        raise GiveUp(because("model_unknown", model=error.name, provider=error.provider)) from error
    history = so_far.messages()
    parameters = ModelRequestParameters(
        function_tools=[tool.definition for tool in offered.values()], allow_text_output=True
    )
    clock.check()
    held = spending.reserve(task, history, parameters)
    try:
        response = _answer(task, model, history, parameters, held.settings, clock)
        called = {part.tool_name for part in transcript.calls_in(response)}
        meant = {name: (tool.capability, tool.connection) for name, tool in offered.items()}
        meant = {name: meant[name] for name in called & set(meant)}
        return replace(response, metadata={"meant": meant}), held
    except bounds.TooMuch as cut:
        spending.settle_cut(task, held)
        raise GiveUp(cut.reason(task.agent.model)) from cut
    except (Lost, GiveUp, leaving.Leaving):
        spending.give_back(held)
        raise
    except LOST_SESSION:
        raise
    except Exception as error:  # the network, the provider, or the library that reads what it said
        spending.give_back(held)
        log.warning("%s: model call failed for time %s: %s", task, task.tries + 1, _what(error))
        raise _trouble(task, error, clock) from error


def _trouble(task: Task, failure: Exception, clock: Clock) -> Exception:
    """PutOff where the model may answer later, and the task's time allows it; else GiveUp."""
    model, what = task.agent.model, _what(failure)
    if not trouble.passes(failure, task.tries):
        refused = isinstance(failure, ModelHTTPError)
        return GiveUp(because("model_refused", model=model, what=what) if refused else _silent(task, failure))
    asked = trouble.asked_to_wait(failure, timezone.now())
    seconds = trouble.wait(task.tries, clock.left, asked=asked)
    if seconds is None:
        return GiveUp(_silent(task, failure))
    return trouble.PutOff(because("model_waits", model=model, what=what), seconds)


def _answer(
    task: Task,
    model: Model,
    history: list[ModelMessage],
    parameters: ModelRequestParameters,
    settings: ModelSettings,
    clock: Clock,
) -> ModelResponse:
    """One model call. Raises Lost or GiveUp, without waiting for its answer, when the task is stopped meanwhile."""
    ear = listening.ear(task)
    while True:
        try:
            asks = _said(model, history, parameters, settings, clock)
            return ear.answered(asks, meanwhile=lambda: _meanwhile(task))
        except listening.StopSignal:
            clock.tell()
            not_stopped(task)


def _meanwhile(task: Task) -> None:
    """Every second, while the model talks."""
    claims.keep(task)
    leaving.in_a_step()


async def _said(
    model: Model,
    history: list[ModelMessage],
    parameters: ModelRequestParameters,
    settings: ModelSettings,
    clock: Clock,
) -> ModelResponse:
    """Raises TimeoutError where the whole of it takes too long: an answer that trickles in must not outlast a lease.

    GiveUp where the task's own time is over first.
    """
    within = max(0.0, min(spending.TIMEOUT, clock.left))
    try:
        async with asyncio.timeout(within):
            return await bounds.answer(model, history, parameters, settings)
    except TimeoutError:
        clock.check()
        raise


def _silent(task: Task, failure: Exception) -> Stored:
    model, tries = task.agent.model, task.tries + 1
    if isinstance(failure, TimeoutError):
        return because("model_slow", model=model, within=spending.TIMEOUT, tries=tries)
    return because("model_silent", model=model, what=_what(failure), tries=tries)


def _what(failure: Exception) -> str:
    """Never the provider's own words: they may quote what it was sent."""
    return f"HTTP {failure.status_code}" if isinstance(failure, ModelHTTPError) else type(failure).__name__
