"""Reports a task to metering, apart from its model calls: when it was queued, what it changed, who opened it."""

from agents.connectors import catalogue
from agents.policy.declarations import Effect
from agents.queue.models import Call, CallQuerySet, Task
from metering.signals import facts
from portal.people.models import Person

SOURCE = "portal"


def queued(task: Task, trigger: str) -> None:
    facts.noted(
        SOURCE,
        str(task.pk),
        person_id=task.person_id,
        team_id=task.agent.team_id,
        agent_id=task.agent_id,
        agent_name=str(task.agent),
        instruction=task.instruction,
        at=task.created_at,
        trigger=trigger,
    )


def ended(task: Task, *, changed: bool = True) -> None:
    """It ended by itself: a person who stopped a task needs no result. ``changed``: a call of it may have.

    Its effects are the calls that were done, or would have been in shadow mode, and are no reads.
    """
    effects = changing(task).filter(state__in=[Call.State.DONE, Call.State.WOULD])
    facts.ended(SOURCE, str(task.pk), effects=effects.count() if changed else 0)


def changing(task: Task) -> CallQuerySet:
    """Its calls that are no reads, whatever became of them."""
    reads = [name for name, declared in catalogue().items() if declared.effect in (Effect.READ, Effect.FETCH)]
    return Call.objects.filter(task=task).exclude(capability__in=reads)


def opened(task: Task, by: Person) -> None:
    """Somebody has the task's page before them. A page of a task that goes on shows no result yet."""
    if task.ended:
        facts.opened(SOURCE, str(task.pk), own=task.person_id == by.pk)
