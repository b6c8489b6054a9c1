"""A task that waits for people: for answers to its asks, and for what they say about its unclear calls."""

from agents.approvals.models import Approval
from agents.approvals.unclear import Unclear
from agents.queue import actions as tasks
from agents.queue import wakes
from agents.queue.models import Task
from agents.queue.states import TaskState
from agents.queue.task_querysets import TaskQuerySet
from portal.people.models import Person
from portal.reasons import because


def open_questions(task: Task) -> int:
    """How many answers the task waits for."""
    asks = Approval.objects.filter(call__task=task, state=Approval.State.OPEN)
    return asks.count() + Unclear.objects.filter(call__task=task, state=Unclear.State.OPEN).count()


def locked(tasks: TaskQuerySet) -> list[Task]:
    """One after the other by number, so that two who lock several wait for each other in turn.

    Rows that only name a task, a call or a stop, may be written meanwhile: what is locked is no key.
    """
    return list(tasks.order_by("pk").select_for_update(of=("self",), no_key=True))


def go_on(actor: Person | str, task: Task) -> None:
    """The task, which is locked, returns to the queue with the last of the answers it waits for.

    Where something is under way elsewhere too, it waits for that.
    """
    if task.state != TaskState.WAITING or open_questions(task):
        return
    if wakes.first_open(task) is None:
        tasks.resume(actor, task, why=because("asks_answered"))
    else:
        wakes.show(task)
