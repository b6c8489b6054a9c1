"""Celery entry points of the portal."""

from contextlib import suppress
from typing import Any

from celery import shared_task
from celery.signals import task_postrun, task_prerun, worker_process_init
from django.db import Error

from portal import plugins, sessions
from portal.audit import checking, marks, seals
from portal.clock import due
from portal.health import models as health
from portal.notices import delivering, retention, settling
from portal.submissions import replay


@shared_task(name="portal.forget_submissions")
def forget_submissions() -> None:
    replay.forget()


@shared_task(name="portal.seal")
def seal() -> None:
    seals.seal()


@shared_task(name="portal.deliver")
def deliver() -> None:
    delivering.deliver()


@shared_task(name="portal.settle_notices")
def settle_notices() -> None:
    settling.settle_gone()


@shared_task(name="portal.forget_notices")
def forget_notices() -> None:
    retention.forget()


tally = shared_task(name="portal.tally")(health.count)


@shared_task(name="portal.mark")
def mark() -> None:
    seals.seal()
    marks.append()


@shared_task(name="portal.check_trail")
def check_trail(number: int | None = None) -> None:
    checking.check(number)


@worker_process_init.connect
def keep_session(**kwargs: Any) -> None:
    """A new session for each message would cost more than most of them."""
    task_prerun.connect(_begin)
    task_postrun.connect(_end)


def _begin(**kwargs: Any) -> None:
    sessions.looked_at_again()


def _end(**kwargs: Any) -> None:
    sessions.let_go_of_all()


@task_postrun.connect
def tell_the_clock(task: Any, **kwargs: Any) -> None:
    """What the clock sent is done: it may be sent again."""
    names = [name for name, beat in plugins.beats().items() if beat.worker == task.name and not beat.here]
    if names:
        with suppress(Error):  # the database is away: after a while it counts as lost
            due.done(names)
