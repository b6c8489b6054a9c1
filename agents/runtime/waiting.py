"""Awaits many models at once, so that no process of a pool waits for one: tasks are claimed, asked for, handed back.

One thread does all that needs the database, in one session: it holds the locks of all claims. Another hears of stops
and of new tasks (``listening``). Models are awaited in the loop, where a task that waits costs little more than what it
asked.
"""

import asyncio
import logging
import os
import signal
import sys
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import psutil
from django.conf import settings
from django.db import Error
from django.utils import timezone
from pydantic_ai.messages import ModelResponse

from agents.lifecycle.tasks import claim_task
from agents.queue import claims
from agents.queue.models import Step, Task
from agents.queue.moves import Lost
from agents.runtime import asking, leaving, listening, loop, providers, transcript
from agents.runtime.asking import LOST_SESSION, Question
from agents.runtime.clock import Clock
from agents.runtime.ending import HandOver, ends
from agents.runtime.limits import within_limits
from agents.stops.holding import free
from portal import sessions
from portal.prepared import Prepared

log = logging.getLogger(__name__)

R = TypeVar("R")
LOOKS = 1.0  # seconds between two looks for tasks, and after the session that holds the claims
FIRST = 10  # tasks that others may be taking at the same moment
TRIES = 5  # sessions that one piece of work may lose
AWAY = 30.0  # seconds that the database is waited for

_NEXT = Prepared(
    lambda now: (
        free(Task.objects.due().for_models().filter(shape__lte=claims.SHAPE), now)
        .in_order()
        .values_list("pk")[:FIRST]
    ),
    now=datetime,
)


@dataclass(eq=False)
class Wait:
    """One task whose model is awaited, until that is ``over``. ``end``: why it is awaited no more."""

    task: Task
    clock: Clock
    ear: listening.Ear
    question: Question | None = None
    number: int = 0
    awaited: "asyncio.Task[None] | None" = None
    end: Exception | None = None
    over: bool = False

    def cancel(self) -> None:
        if self.awaited is not None and not self.over:
            self.awaited.cancel()


class Waiter:
    """One process's. Its methods run in the loop; those that need the database say so, and run in its thread."""

    def __init__(self) -> None:
        self.here, self.waits = asyncio.get_running_loop(), set[Wait]()
        self.wake, self.leaving, self.parent = asyncio.Event(), False, os.getppid()
        self.database = ThreadPoolExecutor(1, thread_name_prefix="database")
        self.one_at_a_time = asyncio.Lock()  # a new task's claim waits behind one answer, not behind all

    async def run(self) -> None:
        """Until it is told to leave, or its worker is gone."""
        self.here.add_signal_handler(signal.SIGTERM, self.leave)
        listening.wakes = lambda: self.here.call_soon_threadsafe(self.wake.set)
        await self._in_database(self._begin)
        besides = [asyncio.create_task(self._show()), asyncio.create_task(self._look())]
        while not self.leaving:
            self.wake.clear()
            await self._take()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.wake.wait(), LOOKS)
        await self._give_back()
        for one in besides:
            one.cancel()
        self.database.shutdown()

    def leave(self) -> None:
        self.leaving = True
        self.wake.set()

    async def _in_database(self, does: Callable[[], R]) -> R:
        return await self.here.run_in_executor(self.database, self._surely, does)

    def _surely(self, does: Callable[[], R]) -> R:
        """Again, where the session is lost in the middle: with a new one, in which all claims are held anew."""
        for number in range(TRIES):
            try:
                return does()
            except LOST_SESSION:
                log.exception("The database session of all that waits for models was lost")
                if number + 1 == TRIES or not sessions.back(within=AWAY):
                    raise
                self._hold_again()
        raise AssertionError

    def _begin(self) -> None:
        """Needs the database. What takes long is loaded now: nobody waits for it yet."""
        claims.bound_statements()
        listening.listen()
        for name in providers.elsewhere():
            providers.build(name)

    async def _show(self) -> None:
        """Its worker hears that it does not stand still."""
        while True:
            if os.getppid() != self.parent:
                self.leave()
            with suppress(OSError):
                os.write(sys.stdout.fileno(), b".")
            await asyncio.sleep(LOOKS)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOKS)
            try:
                await self._in_database(self._keep)
            except LOST_SESSION:
                log.info("The database is away")

    def _keep(self) -> None:
        """Needs the database."""
        if not sessions.alive() and sessions.back(within=0):
            self._hold_again()

    def _hold_again(self) -> None:
        """Needs the database. What others have taken over meanwhile is awaited no more."""
        claims.bound_statements()
        for wait in list(self.waits):
            try:
                if wait.question is None:
                    self._forget(wait)
                else:
                    claims.hold_again(wait.task)
            except Lost as lost:
                wait.end = lost
                self.here.call_soon_threadsafe(wait.cancel)

    def _forget(self, wait: Wait) -> None:
        self.waits.discard(wait)
        listening.unwatch(wait.task)

    async def _take(self) -> None:
        """New tasks, as long as there are some and there is room."""
        while not self.leaving and self._room():
            try:
                wait = await self._in_database(self._claim)
            except LOST_SESSION:
                return
            if wait is None:
                return
            if wait.question is not None:
                wait.awaited = asyncio.create_task(self._await(wait, wait.question))

    def _room(self) -> bool:
        most = settings.WORKER_MEMORY_MB * 1024**2
        return len(self.waits) < settings.MODEL_CALLS and (
            not self.waits or psutil.Process().memory_info().rss < most
        )

    def _claim(self) -> Wait | None:
        """Needs the database. The task whose turn it is, and what its model is asked; None: there is no task."""
        for (pk,) in _NEXT.rows(now=timezone.now()):
            worker = f"{claims.process()}:{uuid.uuid4().hex[:8]}"
            if (task := claim_task(pk, worker, asks_model=True)) is not None:
                wait = Wait(task, Clock(task), listening.watch(task))
                self.waits.add(wait)
                with self._at_its_end(wait, unless_asked=True), ends(task, wait.clock):
                    self._ask(wait)
                return wait
        return None

    def _ask(self, wait: Wait) -> None:
        """Needs the database. Raises HandOver where a process of a pool is to go on."""
        last = loop.last_step(wait.task)
        answered = last is not None and not loop.all_closed(last)
        if answered or wait.task.agent.answers_here:
            raise HandOver(asks_model=False)
        within_limits(wait.task)
        wait.number = loop.next_number(last)
        wait.question = asking.put(wait.task, transcript.Transcript(wait.task), wait.clock)

    @contextmanager
    def _at_its_end(self, wait: Wait, *, unless_asked: bool = False) -> Iterator[None]:
        """Needs the database. After this the task is nobody's. A session that is lost within keeps the claim."""
        yield
        if not unless_asked or wait.question is None:
            self._forget(wait)
            with suppress(Error):
                claims.let_go(wait.task)

    async def _await(self, wait: Wait, question: Question) -> None:
        """Until the model has said something, or the task ends without it."""
        outcome: ModelResponse | Exception
        try:
            outcome = await self._said(wait, question)
        except asyncio.CancelledError:
            outcome = wait.end or leaving.Leaving()
        except Exception as error:
            outcome = error
        wait.over = True
        async with self.one_at_a_time:
            try:
                await self._in_database(lambda: self._take_in(wait, question, outcome))
            except LOST_SESSION:
                # The database is away for long: who has it again finds the task without a worker.
                log.warning("%s: its answer could not be stored", wait.task)
                self._forget(wait)
        self.wake.set()

    async def _said(self, wait: Wait, question: Question) -> ModelResponse:
        while True:
            try:
                return await wait.ear.awaited(question.said())
            except listening.StopSignal:
                await self._in_database(lambda: asking.still_wanted(question))

    def _take_in(self, wait: Wait, question: Question, outcome: ModelResponse | Exception) -> None:
        """Needs the database. The same again changes nothing where it was done before its session was lost."""
        task = wait.task
        with self._at_its_end(wait), ends(task, wait.clock):
            with question.taken_in():
                if isinstance(outcome, Exception):
                    raise outcome
                response = question.meant(outcome)
            step = Step.objects.filter(task=task, number=wait.number).first()
            if step is None or step.response != transcript.dump(response):
                step = loop.stored(task, response, question.held, number=wait.number)
                if step is None:
                    return
            if transcript.calls_in(response):
                raise HandOver(asks_model=False)
            loop.finish(task, step, response)

    async def _give_back(self) -> None:
        """Those that wait go to others, but for answers that come at once."""
        if asked := [wait.awaited for wait in self.waits if wait.awaited is not None]:
            await asyncio.wait(asked, timeout=leaving.PATIENCE)
            for wait in list(self.waits):
                wait.cancel()
            await asyncio.wait(asked)


def run() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's; its worker says when
    claims.kind = claims.AWAITS_MODELS
    asyncio.run(_run())


async def _run() -> None:
    await Waiter().run()
