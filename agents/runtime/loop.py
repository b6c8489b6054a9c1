"""The model loop: one step is one model call and the calls it asks for, each through the gate. Every step is stored."""

import logging
import os
import socket
import time
import uuid
from collections import Counter
from dataclasses import replace
from datetime import timedelta

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Count, F, OuterRef, Subquery
from django.utils import timezone
from pydantic_ai.direct import model_request
from pydantic_ai.exceptions import ModelHTTPError
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models import Model, ModelRequestParameters

from agents import gate
from agents.policy.decide import TOO_MANY
from agents.queue import actions
from agents.queue.models import Call, Step, Task
from agents.registry.models import Agent
from agents.runtime import listening, transcript
from agents.runtime.providers import UnknownModel, build
from agents.runtime.tools import tools
from agents.stops.models import Stop
from agents.storable import storable
from metering.usage.ledger import ModelCall, record

log = logging.getLogger(__name__)

TRIES = 3  # of one model call, with growing waits between them
SAME_CALL = 3  # so often the same call with the same arguments is no progress
RENEW_EVERY = 20.0  # seconds of calls in one step, so that a lease outlives a step of many slow ones

Meant = dict[str, tuple[str, int | None]]  # tool name to (capability, connection)


class GiveUp(Exception):
    """The task cannot go on; the message tells a reader why and what to do."""


def run(task_id: int) -> None:
    """Claim a task and work on it until it ends, waits or is taken away. Never raises: a worker outlives its tasks."""
    task = actions.claim(task_id, worker=f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}")
    if task is None:
        return
    try:
        with listening.watching(task):
            while not _step(task):
                pass
    except actions.Lost:
        log.info("%s is no longer this worker's", task)
    except GiveUp as reason:
        _fail(task, str(reason))
    except (OperationalError, InterfaceError):
        # The database is away. The task stays as it is; when its lease is over, a worker goes on with it.
        log.exception("%s lost the database", task)
        connection.close()
    except Exception:
        log.exception("%s broke", task)
        _fail(
            task,
            "Something in the portal broke while working on this. Whoever runs it finds the details in its log.",
        )


def _fail(task: Task, reason: str) -> None:
    try:
        actions.fail(str(task.agent), task, reason=reason, counts=counts(task))
    except actions.Lost:
        log.info("%s had ended before it could fail: %s", task, reason)


def _step(task: Task) -> bool:
    """One step. True when this worker is done with the task."""
    began = time.monotonic()
    last = Step.objects.filter(task=task).order_by("-number").first()
    if last is None or _all_closed(last):
        _within_limits(task)
        last = _store(task, _ask_model(task), number=(last.number if last else 0) + 1)
    response = transcript.load(last.response)
    wanted = transcript.calls_in(response)
    if not wanted:
        if response.finish_reason in ("error", "content_filter"):
            raise GiveUp(last.text or "The model broke off without a word. Queue the task again later.")
        actions.finish(str(task.agent), task, result=last.text, counts=counts(task))
        return True
    meant = (response.metadata or {}).get("meant", {})
    _progressing(task, last, wanted, meant)
    for position, part in enumerate(wanted):
        if time.monotonic() - began > RENEW_EVERY:
            actions.renew(task, timedelta(seconds=time.monotonic() - began))
            began = time.monotonic()
        _call(task, last, position, part, meant)
    _not_tiring(last)
    actions.renew(task, timedelta(seconds=time.monotonic() - began))
    return last.calls.filter(state=Call.State.ASKED).exists() and actions.park(task, counts=counts(task))


def _all_closed(step: Step) -> bool:
    """Does every call that the step's response asks for have its row, and its end?"""
    wanted = len(transcript.calls_in(transcript.load(step.response)))
    open_states = [Call.State.ASKED, Call.State.STARTED]
    return bool(wanted) and step.calls.exclude(state__in=open_states).count() == wanted


def _within_limits(task: Task) -> None:
    """Raises GiveUp naming the limit, its value, and who can change it."""
    agent = _not_stopped(task)
    if agent.state != Agent.State.ACTIVE:
        note = f" ({agent.state_note})" if agent.state_note else ""
        raise GiveUp(
            f"The agent is {agent.get_state_display().lower()}{note}. Its managers can let it work again."
        )
    for name, used, limit in (
        ("steps", task.steps_done, task.max_steps),
        ("tokens", task.tokens, task.max_tokens),
        ("dollars", (task.cost_micros or 0) / 1e6, task.max_cost_micros / 1e6),
        ("seconds of work", round(task.seconds_worked), task.max_seconds),
    ):
        if used >= limit:
            raise GiveUp(
                f"The task has used {used:,} of its {limit:,} {name}. "
                "The agent's managers can raise the limit; then queue it again."
            )


def _not_stopped(task: Task) -> Agent:
    """The agent as it is now. Raises GiveUp naming who stopped it, or everything, and why."""
    standing = Stop.objects.ending(OuterRef("pk")).order_by("id").values("pk")[:1]
    agent = Agent.objects.annotate(stop=Subquery(standing)).get(pk=task.agent_id)
    found: int | None = agent.stop  # type: ignore[attr-defined]
    if found and (stop := Stop.objects.for_reading().filter(pk=found).first()):
        why = f" ({stop.why})" if stop.why else ""
        raise GiveUp(f"{stop.who} stopped {stop}{why}. {stop.lifts} Then queue it again.")
    return agent


def _ask_model(task: Task) -> ModelResponse:
    """What the model says to the conversation so far; with it, what the tools that it calls were when it did.

    A name may stand for another connection later, when grants have ended: a call means what it meant.
    """
    offered = tools(task.agent)
    try:
        model = build(task.agent.model)
    except UnknownModel as error:
        raise GiveUp(str(error)) from error
    history = transcript.messages(task)
    parameters = ModelRequestParameters(
        function_tools=[tool.definition for tool in offered.values()], allow_text_output=True
    )
    for attempt in range(1, TRIES + 1):
        try:
            response = _answer(task, model, history, parameters)
            called = {part.tool_name for part in transcript.calls_in(response)}
            meant = {name: (tool.capability, tool.connection) for name, tool in offered.items()}
            return replace(response, metadata={"meant": {name: meant[name] for name in called & set(meant)}})
        except (actions.Lost, GiveUp):
            raise
        except Exception as error:  # the network, the provider, or the library that reads what it said
            log.warning("%s: model call %s of %s failed: %s", task, attempt, TRIES, _what(error))
            failure = error
        if attempt < TRIES:
            time.sleep(3**attempt / 3)
        actions.renew(task, timedelta())
    raise GiveUp(
        f"The model {task.agent.model} did not answer ({_what(failure)}, {TRIES} tries). "
        "Queue the task again later, or choose another model on the agent's page."
    ) from failure


def _answer(
    task: Task, model: Model, history: list[ModelMessage], parameters: ModelRequestParameters
) -> ModelResponse:
    """One model call. Raises Lost or GiveUp, without waiting for its answer, when the task is stopped meanwhile."""
    ear = listening.ear(task)
    while True:
        try:
            return ear.answered(
                model_request(
                    model, history, model_request_parameters=parameters, model_settings={"timeout": 120.0}
                )
            )
        except listening.Told:
            actions.renew(task, timedelta())
            _not_stopped(task)


def _what(failure: Exception) -> str:
    """Never the provider's own words: they may quote what it was sent."""
    return f"HTTP {failure.status_code}" if isinstance(failure, ModelHTTPError) else type(failure).__name__


def _store(task: Task, response: ModelResponse, *, number: int) -> Step:
    """The step, its usage in the ledger and the task's totals, in one transaction."""
    usage = response.usage
    with transaction.atomic():
        priced = record(
            ModelCall(
                source="portal",
                key=f"task:{task.pk}:step:{number}",
                at=timezone.now(),
                person_id=task.person_id,
                team_id=task.agent.team_id,
                agent_id=task.agent_id,
                agent_name=str(task.agent),
                task_id=task.pk,
                provider=task.agent.model.partition(":")[0],
                model=response.model_name or task.agent.model.partition(":")[2],
                input_tokens=usage.input_tokens,
                cache_read_tokens=usage.cache_read_tokens,
                cache_write_tokens=usage.cache_write_tokens,
                output_tokens=usage.output_tokens,
            )
        )
        cost = priced.micros if priced else None
        step = Step.objects.create(
            task=task,
            number=number,
            response=transcript.dump(response),
            text=storable("\n\n".join(_words(response))),
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            cost_micros=cost,
        )
        changes = {"steps_done": number, "tokens": F("tokens") + usage.input_tokens + usage.output_tokens}
        if cost is not None:
            changes["cost_micros"] = (task.cost_micros or 0) + cost
        Task.objects.filter(pk=task.pk).update(**changes, changed_at=timezone.now())
    task.refresh_from_db(fields=["steps_done", "tokens", "cost_micros"])
    return step


def _words(response: ModelResponse) -> list[str]:
    return [part.content for part in response.parts if isinstance(part, TextPart)]


def _call(task: Task, step: Step, position: int, part: ToolCallPart, meant: Meant) -> None:
    capability, connection = meant.get(part.tool_name, (part.tool_name, None))
    gate.call(
        task,
        step,
        position,
        tool_call_id=part.tool_call_id,
        tool_name=part.tool_name,
        capability=capability,
        connection=connection,
        arguments=_arguments(part),
    )


def _not_tiring(step: Step) -> None:
    """Raises GiveUp where the task asked more often than its agent may: people who are asked too much stop reading."""
    for reasons in step.calls.filter(state=Call.State.DENIED).values_list("reasons", flat=True):
        for reason in reasons:
            if reason["code"] == TOO_MANY.code:
                raise GiveUp(f"{reason['text']} Its open asks are closed.")


def _arguments(part: ToolCallPart) -> dict[str, object]:
    """What the model wrote, as far as it can be read; what cannot is an argument that no capability has."""
    try:
        read = part.args_as_dict()
    except (ValueError, AssertionError):
        read = {"unreadable": str(part.args)[:200]}
    return dict(storable(read))


def _progressing(task: Task, step: Step, wanted: list[ToolCallPart], meant: Meant) -> None:
    """Raises GiveUp when a call was made often enough already with exactly these arguments."""
    now = Counter(
        gate.digest(*meant.get(part.tool_name, (part.tool_name, None)), _arguments(part)) for part in wanted
    )
    before = Call.objects.filter(task=task, digest__in=now).exclude(step=step)
    earlier = dict(before.values_list("digest").annotate(times=Count("pk")))
    for digest, times in now.items():
        if times + earlier.get(digest, 0) >= SAME_CALL:
            raise GiveUp(
                f"The agent made the same call with the same arguments {SAME_CALL} times and got no further. "
                "A clearer instruction may help."
            )


def counts(task: Task) -> dict[str, int]:
    """What the task's calls add up to: ``{"read": 12, "labelled": 12}``."""
    total: Counter[str] = Counter()
    for one in (
        Call.objects.filter(task=task, state=Call.State.DONE)
        .exclude(counts={})
        .values_list("counts", flat=True)
    ):
        total.update(one)
    return dict(total)
