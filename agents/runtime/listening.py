"""Notifies workers of stops at once: a model call in progress is abandoned, and the rows decide what follows.

A thread listens on a connection of its own, from a process's first task on. It only makes haste: without it, or while
the database is away, a stop is found where it always is, in its row, before the next model call and before every call.
By the same connection everybody sees that the process does not stand still.
"""

import asyncio
import json
import logging
import os
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from django.db import connection

from agents.lifecycle.halting import CHANNEL
from agents.queue import claims, sending
from agents.queue.models import Task
from agents.stops.models import Stop
from portal import env

log = logging.getLogger(__name__)

R = TypeVar("R")
WAKES = 0.5  # seconds after which the thread looks whether it is still wanted; asks the database nothing
LOOKS = 1.0  # seconds between two looks after the claim, while a model talks
LONGEST_REST = 4.0  # seconds between two tries to reach a database that is away

_CAUGHT_UP = """
    SELECT scope, agent_id, task_id FROM agents_stop
    WHERE lifted_at IS NULL AND (scope = 'everything' OR agent_id = ANY(%s) OR task_id = ANY(%s))
"""


class StopSignal(Exception):
    """A stop was set that may end this task: its rows are to be read now."""


class Ear:
    """One task that is worked on, and what it waits for."""

    def __init__(self, task: int, agent: int) -> None:
        self.task, self.agent = task, agent
        self._lock, self._heard = threading.Lock(), False
        self._waits: tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]] | None = None

    def meant(self, told: dict[str, Any]) -> bool:
        everything = told["scope"] == Stop.Scope.EVERYTHING
        return bool(everything or told["agent"] == self.agent or told["task"] == self.task)

    def hear(self) -> None:
        with self._lock:
            self._heard = True
            if self._waits is not None:
                loop, waiting = self._waits
                loop.call_soon_threadsafe(waiting.cancel)

    def answered(self, asks: Coroutine[Any, Any, R], *, meanwhile: Callable[[], None]) -> R:
        """The same as ``awaited``, while this thread waits for it.

        ``meanwhile`` is called every second; what it raises ends the wait.
        """
        loop = _loop()
        waiting = loop.create_task(self.awaited(asks))
        try:
            while not loop.run_until_complete(asyncio.wait({waiting}, timeout=LOOKS))[0]:
                meanwhile()
            return waiting.result()
        finally:
            if waiting.cancel():
                loop.run_until_complete(asyncio.wait({waiting}))

    async def awaited(self, asks: Coroutine[Any, Any, R]) -> R:
        """What ``asks`` comes to. Raises StopSignal, at once, when a stop is set before it does."""
        loop = asyncio.get_running_loop()
        with self._lock:
            if self._heard:
                asks.close()
                self._heard = False
                raise StopSignal
            waiting = loop.create_task(asks)
            self._waits = (loop, waiting)
        try:
            return await waiting
        except asyncio.CancelledError:
            if not self._heard:  # who waits is to wait no more
                raise
            self._heard = False
            raise StopSignal from None
        finally:
            with self._lock:
                self._waits = None
            if waiting.cancel():
                await asyncio.wait({waiting})


_threads = threading.local()
_ears: dict[int, Ear] = {}


def _loop() -> asyncio.AbstractEventLoop:
    """This thread's own, kept: clients of models keep connections that belong to it."""
    loop: asyncio.AbstractEventLoop | None = getattr(_threads, "loop", None)
    if loop is None or loop.is_closed():
        _threads.loop = loop = asyncio.new_event_loop()
    return loop


def ear(task: Task) -> Ear:
    """The task's, while it is watched; else one that hears nothing."""
    return _ears.get(task.pk) or Ear(task.pk, task.agent_id)


@contextmanager
def watching(task: Task) -> Iterator[Ear]:
    """While a worker is at this task, stops reach it."""
    try:
        yield watch(task)
    finally:
        unwatch(task)


def watch(task: Task) -> Ear:
    _ears[task.pk] = mine = Ear(task.pk, task.agent_id)
    listen()
    return mine


def unwatch(task: Task) -> None:
    _ears.pop(task.pk, None)


class Listener(threading.Thread):
    def __init__(self, place: str) -> None:
        super().__init__(name="stops", daemon=True)
        self.place, self.process = place, os.getpid()
        self.ready, self.ended, self.due = threading.Event(), threading.Event(), 0.0

    def run(self) -> None:
        rest = WAKES
        while not self.ended.is_set():
            try:
                with psycopg.connect(
                    self.place, autocommit=True, connect_timeout=5, application_name=claims.process()
                ) as place:
                    place.execute(f"LISTEN {CHANNEL}")
                    if wakes is not None:
                        place.execute(f"LISTEN {sending.CHANNEL}")
                    self._catch_up(place)
                    rest = WAKES
                    self.ready.set()
                    while not self.ended.is_set():
                        self._answer(place)
                        for notice in place.notifies(timeout=WAKES):
                            _heard(notice)
            except Exception as error:
                log.info("Stops are found in their rows for now, nobody tells of them: %s", error)
            self.ready.clear()
            self.ended.wait(rest)
            rest = min(rest * 2, LONGEST_REST)

    def _answer(self, place: "psycopg.Connection[Any]") -> None:
        """Show that this process does not stand still: its session has just said something (``claims.silent``)."""
        if time.monotonic() >= self.due:
            self.due = time.monotonic() + claims.BEATS
            place.execute("SELECT 1")

    def _catch_up(self, place: "psycopg.Connection[Any]") -> None:
        """Stops that were set while nothing listened."""
        ears = list(_ears.values())
        rows = place.execute(
            _CAUGHT_UP, [[watched.agent for watched in ears], [watched.task for watched in ears]]
        )
        for scope, agent, task in rows.fetchall():
            _pass_on({"scope": scope, "agent": agent, "task": task, "stands": True})


def _heard(notice: psycopg.Notify) -> None:
    if notice.channel == CHANNEL:
        _pass_on(json.loads(notice.payload))
    elif wakes is not None:
        wakes()


def _pass_on(told: dict[str, Any]) -> None:
    for watched in list(_ears.values()):
        if told["stands"] and watched.meant(told):
            watched.hear()


_listener: Listener | None = None
wakes: Callable[[], object] | None = None  # called where a task is there whose model is to be awaited
_starting = threading.Lock()


def listen() -> None:
    """One thread in a process: a process that was forked off needs its own."""
    global _listener
    with _starting:
        if _listener is None or _listener.process != os.getpid() or not _listener.is_alive():
            _listener = Listener(env.conninfo(connection.settings_dict))
            _listener.start()


def listening(seconds: float) -> bool:
    """Is the thread connected, now or within so many seconds?"""
    return _listener is not None and _listener.ready.wait(seconds)


def close() -> None:
    """End the thread and its connection; the next task begins anew."""
    global _listener
    with _starting:
        if _listener is not None and _listener.process == os.getpid():
            _listener.ended.set()
            _listener.join(10)
        _listener = None
