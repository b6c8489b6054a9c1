"""Moves a task to its next state, if the row is still in the state, and with the worker, that the caller knows."""

from agents.queue.models import Task
from agents.queue.states import TaskState


class Lost(Exception):
    """The task is no longer this worker's: cancelled, taken over, or moved on."""


def move(task: Task, to: TaskState, **changes: object) -> None:
    """Raises Lost when the row is not where, or not whose, this object thinks it is."""
    if not Task.objects.filter(pk=task.pk, state=task.state, worker=task.worker).move(to, **changes):
        raise Lost(f"{task} is no longer {task.state}")
    task.refresh_from_db()
