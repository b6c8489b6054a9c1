"""Celery entry points of the portal."""

from celery import shared_task

from portal.submissions import answers


@shared_task(name="portal.forget_submissions")
def forget_submissions() -> None:
    answers.forget()
