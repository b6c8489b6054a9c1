"""Celery entry points: an id in, one function called. The database holds what is to be done."""

import os
import resource
import signal
import threading
import time
from contextlib import suppress
from typing import Any

import psutil
from celery import shared_task
from celery.signals import worker_init, worker_process_init, worker_shutdown, worker_shutting_down
from django.conf import settings

from agents import sweep as sweeping
from agents.clearances import retention as clearances_retention
from agents.connections import health, signing_in
from agents.gate import outcomes, shadow_observer
from agents.queue import retention
from agents.runtime import beside, leaving, taking
from agents.schedules import firing
from agents.schedules import retention as schedules_retention
from agents.watching import looks

GRACE = 7.0  # seconds that a worker has to exit when it is told to


@worker_init.connect
def begin(**kwargs: Any) -> None:
    beside.start()


@worker_shutting_down.connect
def leave(**kwargs: Any) -> None:
    """In the worker's first process: its pool hears of it, and who is still in the middle of a call then is ended.

    What became of that call is asked later, as after any death.
    """
    leaving.tell()
    beside.leave()
    threading.Thread(target=_end_pool, daemon=True).start()


def _end_pool() -> None:
    time.sleep(GRACE)
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            os.kill(process.pid, signal.SIGKILL)


@worker_shutdown.connect
def wait(**kwargs: Any) -> None:
    beside.wait(GRACE)


@worker_process_init.connect
def bound_memory(**kwargs: Any) -> None:
    """A task that wants more than this process may have fails with a MemoryError, and nobody else's does."""
    most = 2 * settings.WORKER_MEMORY_MB * 1024**2
    with suppress(ValueError, OSError):  # whoever started the worker allows less already
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


run = shared_task(name="agents.run")(taking.take)
sweep = shared_task(name="agents.sweep")(sweeping.sweep)
rescue = shared_task(name="agents.rescue")(sweeping.rescue)
send = shared_task(name="agents.send")(sweeping.send)
observe = shared_task(name="agents.observe")(shadow_observer.observe_due)
ask_systems = shared_task(name="agents.outcomes")(outcomes.verify_due)
forget_figures = shared_task(name="agents.forget_figures")(retention.forget_figures)
connections = shared_task(name="agents.connections")(health.beat)
sign_outs = shared_task(name="agents.sign_outs")(signing_in.revoke_ended)
schedules = shared_task(name="agents.schedules")(firing.beat)
wakes = shared_task(name="agents.wakes")(looks.beat)
heard = shared_task(name="agents.heard")(looks.heard)


@shared_task(name="agents.forget_texts")
def forget_texts() -> None:
    retention.forget_texts()
    schedules_retention.forget_texts()
    clearances_retention.forget_texts()
