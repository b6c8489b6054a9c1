"""Asks the model for its next answer: within the task's money and time, abandoned at once when the task is stopped.

A question is put together and its answer taken in with the database, and awaited without it. So one who waits for
many answers needs no session for each of them.
"""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from django.db import InterfaceError, OperationalError
from django.utils import timezone
from pydantic_ai.exceptions import ModelHTTPError
from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import Model, ModelRequestParameters

from agents.queue import claims
from agents.queue.models import Task
from agents.queue.moves import Lost
from agents.runtime import bounds, leaving, listening, spending, together, transcript, trouble
from agents.runtime.clock import Clock
from agents.runtime.limits import GiveUp, not_stopped
from agents.runtime.providers import UnknownModel, build, elsewhere
from agents.runtime.together import Offered, apart
from agents.runtime.tools import Tool, tools
from agents.runtime.transcript import Transcript
from portal.reasons import Stored, because

log = logging.getLogger(__name__)

LOST_SESSION = (OperationalError, InterfaceError)


@dataclass(frozen=True, slots=True)
class Question:
    """One model call that is to be made, and what was set aside for it (``held``), which is to be settled."""

    task: Task
    clock: Clock
    model: Model
    history: list[ModelMessage]
    parameters: ModelRequestParameters
    offered: dict[str, Tool]
    together: dict[str, Offered]
    held: spending.Held

    async def said(self) -> ModelResponse:
        """Touches no database. Raises GiveUp where the task's own time is over first.

        TimeoutError where the whole of it takes too long: an answer that trickles in must not outlast a lease.
        """
        within = max(0.0, min(spending.TIMEOUT, self.clock.left))
        try:
            async with asyncio.timeout(within):
                return await bounds.answer(self.model, self.history, self.parameters, self.held.settings)
        except TimeoutError:
            self.clock.check()
            raise

    @contextmanager
    def taken_in(self) -> Iterator[None]:
        """Within, the answer comes or does not, and what was set aside is settled. Raises GiveUp or PutOff."""
        try:
            yield
        except bounds.TooMuch as cut:
            spending.settle_cut(self.task, self.held)
            raise GiveUp(cut.reason(self.task.agent.model)) from cut
        except (Lost, GiveUp, leaving.Leaving):
            spending.give_back(self.held)
            raise
        except LOST_SESSION:
            raise
        except Exception as error:  # the network, the provider, or the library that reads what it said
            spending.give_back(self.held)
            log.warning("%s: model call failed for time %s: %s", self.task, self.task.tries + 1, _what(error))
            raise _trouble(self.task, error, self.clock) from error

    def meant(self, response: ModelResponse) -> ModelResponse:
        """With what the tools that it calls were when it did.

        A tool's name may mean another connection later, when grants have ended. A call keeps its meaning.
        """
        response = apart(response, self.together, self.history, list(self.offered))
        called = {part.tool_name for part in transcript.calls_in(response)}
        meant = {
            name: (tool.capability, tool.connection) for name, tool in self.offered.items() if name in called
        }
        return replace(response, metadata={"meant": meant})


def put(task: Task, so_far: Transcript, clock: Clock) -> Question:
    """What the model is asked next. Raises GiveUp, or Lost."""
    offered = tools(task)
    try:
        model = build(task.agent.model)
    except UnknownModel as error:
        raise GiveUp(because("model_unknown", model=error.name, provider=error.provider)) from error
    history = so_far.messages()
    joined = together.offered(offered) if task.agent.model in elsewhere() else {}
    parameters = ModelRequestParameters(
        function_tools=[
            *(tool.definition for tool in offered.values()),
            *(one.definition for one in joined.values()),
        ],
        allow_text_output=True,
    )
    clock.check()
    held = spending.reserve(task, history, parameters)
    return Question(task, clock, model, history, parameters, offered, joined, held)


def ask(task: Task, so_far: Transcript, clock: Clock) -> tuple[ModelResponse, spending.Held]:
    """What the model says to the conversation so far, and what was set aside for that. This process waits for it."""
    question = put(task, so_far, clock)
    with question.taken_in():
        return question.meant(_answer(question)), question.held


def _answer(question: Question) -> ModelResponse:
    """Raises Lost or GiveUp, without waiting for the answer, when the task is stopped meanwhile."""
    ear = listening.ear(question.task)
    while True:
        try:
            return ear.answered(question.said(), meanwhile=lambda: _meanwhile(question.task))
        except listening.StopSignal:
            still_wanted(question)


def still_wanted(question: Question) -> None:
    """A stop was heard of: what do its rows say? Raises Lost or GiveUp."""
    question.clock.tell()
    not_stopped(question.task)


def _meanwhile(task: Task) -> None:
    """Every second, while the model talks."""
    claims.keep(task)
    leaving.in_a_step()


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


def _silent(task: Task, failure: Exception) -> Stored:
    model, tries = task.agent.model, task.tries + 1
    if isinstance(failure, TimeoutError):
        return because("model_slow", model=model, within=spending.TIMEOUT, tries=tries)
    return because("model_silent", model=model, what=_what(failure), tries=tries)


def _what(failure: Exception) -> str:
    """Never the provider's own words: they may quote what it was sent."""
    return f"HTTP {failure.status_code}" if isinstance(failure, ModelHTTPError) else type(failure).__name__
