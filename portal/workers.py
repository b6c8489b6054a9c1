"""Celery entry points of the portal."""

from celery import shared_task

from portal.audit import checking, marks, seals
from portal.submissions import replay


@shared_task(name="portal.forget_submissions")
def forget_submissions() -> None:
    replay.forget()


@shared_task(name="portal.seal")
def seal() -> None:
    seals.seal()


@shared_task(name="portal.mark")
def mark() -> None:
    seals.seal()
    marks.append()


@shared_task(name="portal.check_trail")
def check_trail(number: int | None = None) -> None:
    checking.check(number)
