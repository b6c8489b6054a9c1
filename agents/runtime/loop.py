"""The model loop: one step is one model call and the calls it asks for, each through the gate. Every step is stored."""

import logging
import uuid
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass

from django.db.models import Count, Q
from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart

from agents import gate
from agents.approvals.unclear import Unclear
from agents.connectors.base import Unavailable
from agents.lifecycle.tasks import claim_task, finish_task, park_task
from agents.policy.decide import TOO_MANY
from agents.queue import claims
from agents.queue.models import Call, Step, Task
from agents.queue.moves import Lost
from agents.runtime import asking, leaving, listening, providers, spending, transcript, trouble, turns
from agents.runtime.asking import LOST_SESSION
from agents.runtime.clock import Clock
from agents.runtime.ending import HandOver, counts, ends
from agents.runtime.limits import GiveUp, not_stopped, within_limits
from agents.runtime.storing import store, store_last
from agents.runtime.transcript import Transcript
from portal import sessions
from portal.audit.record import Acting
from portal.reasons import because

log = logging.getLogger(__name__)

SAME_CALL = 3  # so often the same call with the same arguments is no progress
SESSIONS = 5  # that a worker has for one task, one after the other, before it leaves it to others
AWAY = 30.0  # seconds that it waits for the next
RENEW_EVERY = 20.0  # seconds of calls in one step, so that a lease outlives a step of many slow ones

UNCLEAR = Q(unclear__state=Unclear.State.OPEN)  # calls of which a person has to say whether they happened

Meant = dict[str, tuple[str, int | None]]  # tool name to (capability, connection)


@dataclass
class _Unsaved:
    """The answer to step ``number`` until it is stored: it outlives a lost session, so no answer is asked for twice."""

    task: Task | None = None
    number: int = 0
    said: tuple[ModelResponse, spending.Held] | None = None

    def pay(self) -> None:
        """Nobody stores it, for somebody else has the task: it cost what it cost."""
        if self.task is None or self.said is None:
            return
        stored = Step.objects.filter(task=self.task, number=self.number)
        if not stored.filter(response=transcript.dump(self.said[0])).exists():
            with suppress(Lost):
                store(self.task, *self.said, number=self.number)


def run(task_id: int, *, hands_over: bool = False) -> bool:
    """Claim a task and work on it until it ends, waits or is taken away. Never raises: a worker outlives its tasks.

    A worker that loses its database session goes on as soon as it has one again, with a claim of its own; where it has
    none for long, or loses them again and again, somebody else finds the task without a worker. ``hands_over``: who
    awaits models is to ask the next question, where its model answers elsewhere. False: the task was not to be had.
    """
    worker, unsaved, had = f"{claims.process()}:{uuid.uuid4().hex[:8]}", _Unsaved(), False
    for _ in range(SESSIONS):
        try:
            if (task := claim_task(task_id, worker)) is None:
                unsaved.pay()
            else:
                had = True
                with claims.kept(task):
                    _work(task, unsaved, hands_over=hands_over)
            return had
        except LOST_SESSION:
            log.exception("Task %s lost the database", task_id)
        if not sessions.back(within=AWAY):
            return had
    return had


def _work(task: Task, unsaved: _Unsaved, *, hands_over: bool) -> None:
    clock = Clock(task)
    with ends(task, clock), listening.watching(task):
        so_far = Transcript(task)
        done = False
        while not done:
            leaving.after_a_step()
            done = _step(task, so_far, unsaved, clock, hands_over=hands_over)


def _step(
    task: Task,
    so_far: Transcript,
    unsaved: _Unsaved | None = None,
    clock: Clock | None = None,
    *,
    hands_over: bool = False,
) -> bool:
    """One step. True when this worker is done with the task. Raises HandOver where others ask the model."""
    unsaved, clock = unsaved or _Unsaved(), clock or Clock(task)
    last = last_step(task)
    if last is None or all_closed(last):
        number = next_number(last)
        said = unsaved.said if unsaved.number == number else None
        if hands_over and said is None and task.agent.model in providers.elsewhere():
            raise HandOver(asks_model=True)
        within_limits(task)
        said = said or asking.ask(task, so_far, clock)
        unsaved.task, unsaved.number, unsaved.said = task, number, said
        last = stored(task, *said, number=number)
        unsaved.said = None
        if last is None:
            return True
    response = transcript.load(last.response)
    wanted = transcript.calls_in(response)
    if not wanted:
        finish(task, last, response)
        return True
    meant = (response.metadata or {}).get("meant", {})
    _progressing(task, last, wanted, meant)
    for position, part in enumerate(wanted):
        if clock.seconds > RENEW_EVERY:
            clock.tell()
        leaving.in_a_step()
        clock.check()
        not_stopped(task)
        _call(task, last, position, part, meant, clock)
    _not_tiring(last)
    clock.tell()
    waits = last.calls.filter(Q(state__in=[Call.State.ASKED, Call.State.AWAITED]) | UNCLEAR)
    return waits.exists() and park_task(task, counts=counts(task))


def last_step(task: Task) -> Step | None:
    """Nothing is read of a task that has none."""
    return Step.objects.filter(task=task).order_by("-number").first() if task.steps_done else None


def next_number(last: Step | None) -> int:
    return (last.number if last else 0) + 1


def stored(task: Task, response: ModelResponse, held: spending.Held, *, number: int) -> Step | None:
    """The answer's step; None where it was the last one, and the task has ended with it, in one transaction."""
    if _last_words(response):
        before = task.state
        try:
            store_last(task, response, held, number=number)
        except LOST_SESSION:
            raise
        except Exception as error:  # the answer is stored whatever keeps the task from ending
            log.info("%s: its last answer is stored by itself: %r", task, error)
            task.state = before
        else:
            return None
    return store(task, response, held, number=number)


def _last_words(response: ModelResponse) -> bool:
    """Words and no calls: nothing is left to do."""
    said = any(part.content.strip() for part in response.parts if isinstance(part, TextPart))
    return said and not transcript.calls_in(response) and response.finish_reason not in turns.FAILED


def finish(task: Task, last: Step, response: ModelResponse) -> None:
    """The model said its last words. Raises GiveUp where they are none."""
    _said_something(task, last, response)
    finish_task(Acting(task.agent), task, result=last.text, counts=counts(task))


def _said_something(task: Task, last: Step, response: ModelResponse) -> None:
    """Raises GiveUp where an answer without calls is none: broken off, or empty."""
    if response.finish_reason in turns.FAILED:
        raise GiveUp(because("model_broke_off"))
    if not last.text.strip():
        raise GiveUp(because("model_empty", model=task.agent.model))


def all_closed(step: Step) -> bool:
    """Does every call that the step's response asks for have its row, and its end?"""
    wanted = len(transcript.calls_in(transcript.load(step.response)))
    open_states = [Call.State.ASKED, Call.State.STARTED, Call.State.LATER, Call.State.AWAITED]
    going = step.calls.filter(Q(state__in=open_states) | UNCLEAR)
    return bool(wanted) and not going.exists() and step.calls.count() == wanted


def _call(task: Task, step: Step, position: int, part: ToolCallPart, meant: Meant, clock: Clock) -> None:
    """Raises PutOff where what it needs is away for now: half of the time that is left may be waited for it."""
    capability, connection = meant.get(part.tool_name, (part.tool_name, None))
    wait = trouble.wait_for_call(task.tries, clock.left)
    try:
        row = gate.call(
            task,
            step,
            position,
            tool_call_id=part.tool_call_id,
            tool_name=part.tool_name,
            capability=capability,
            connection=connection,
            arguments=turns.arguments(part),
            patient=wait is not None,
        )
    except gate.OtherPayload as other:
        log.exception("%s was refused", other)
        raise GiveUp(because("call_altered")) from None
    except Unavailable as away:
        row, what = Call.objects.get(step=step, position=position), str(away)
        row.retry_after = away.retry_after
    else:
        what = row.summary
        if row.state != Call.State.LATER:
            return
    if row.ending:
        wait = trouble.wait_for_room(task.seconds_waited, task.max_seconds)
    elif wait is not None:
        wait = trouble.wait_for_call(task.tries, clock.left, asked=row.retry_after)
    if wait is None:
        gate.give_up(row)
        return
    if row.ending:
        raise trouble.PutOff(row.ending, wait)
    raise trouble.PutOff(because("place_waits", name=str(row.connection), what=what), wait)


def _not_tiring(step: Step) -> None:
    """Raises GiveUp where the task asked more often than its agent may: people who are asked too much stop reading."""
    for reasons in step.calls.filter(state=Call.State.DENIED).values_list("reasons", flat=True):
        for reason in reasons:
            if reason["code"] == TOO_MANY.code:
                raise GiveUp(because("asked_too_often"))


def _progressing(task: Task, step: Step, wanted: list[ToolCallPart], meant: Meant) -> None:
    """Raises GiveUp when a call was made often enough already with exactly these arguments."""
    now = Counter(
        gate.digest(*meant.get(part.tool_name, (part.tool_name, None)), turns.arguments(part))
        for part in wanted
    )
    before = Call.objects.filter(task=task, digest__in=now).exclude(step=step)
    earlier = dict(before.values_list("digest").annotate(times=Count("pk")))
    for digest, times in now.items():
        if times + earlier.get(digest, 0) >= SAME_CALL:
            raise GiveUp(because("no_progress", times=SAME_CALL))
