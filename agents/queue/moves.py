"""Moves a task from one state to the next, only while the row is where and whose the caller thinks it is."""

from agents.queue.models import Task
from agents.queue.states import TaskState


class Lost(Exception):
    """The task is no longer this worker's: cancelled, taken over, or moved on by somebody else."""


def move(task: Task, to: TaskState, **changes: object) -> None:
    """Raises Lost when the row is not where, or not whose, this object thinks it is."""
    if not Task.objects.filter(pk=task.pk, state=task.state, worker=task.worker).move(to, **changes):
        raise Lost(f"{task} is no longer {task.state}")
    task.refresh_from_db()
