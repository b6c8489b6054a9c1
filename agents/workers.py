"""Celery entry points: an id in, one function called. The database holds what is to be done."""

from celery import shared_task

from agents import sweep as sweeping
from agents.gate import outcomes, shadow_observer
from agents.queue import retention
from agents.runtime import loop
from agents.schedules import firing
from agents.schedules import retention as schedules_retention

run = shared_task(name="agents.run")(loop.run)
sweep = shared_task(name="agents.sweep")(sweeping.sweep)
observe = shared_task(name="agents.observe")(shadow_observer.observe_due)
ask_systems = shared_task(name="agents.outcomes")(outcomes.verify_due)
forget_figures = shared_task(name="agents.forget_figures")(retention.forget_figures)
schedules = shared_task(name="agents.schedules")(firing.beat)


@shared_task(name="agents.forget_texts")
def forget_texts() -> None:
    retention.forget_texts()
    schedules_retention.forget_texts()
