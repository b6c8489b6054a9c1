"""Celery entry points: an id in, one function called. The database holds what is to be done."""

from celery import shared_task

from agents import sweep as sweeping
from agents.gate import outcomes, shadow_observer
from agents.queue import retention
from agents.runtime import loop


@shared_task(name="agents.run")
def run(task_id: int) -> None:
    loop.run(task_id)


@shared_task(name="agents.sweep")
def sweep() -> None:
    sweeping.sweep()


@shared_task(name="agents.observe")
def observe(agent_id: int | None = None) -> None:
    shadow_observer.observe_due(agent_id)


@shared_task(name="agents.outcomes")
def ask_systems() -> None:
    outcomes.verify_due()


@shared_task(name="agents.forget_figures")
def forget_figures() -> None:
    retention.forget_figures()


@shared_task(name="agents.forget_texts")
def forget_texts() -> None:
    retention.forget_texts()
