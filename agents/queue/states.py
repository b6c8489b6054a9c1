"""The states of a task, and which may follow which. Pure."""

from django.db import models


class TaskState(models.TextChoices):
    QUEUED = "queued", "Queued"
    CLAIMED = "claimed", "Starting"
    RUNNING = "running", "Running"
    WAITING = "waiting", "Waiting"
    SUCCEEDED = "succeeded", "Done"
    FAILED = "failed", "Not finished"
    CANCELLED = "cancelled", "Stopped"
    EXPIRED = "expired", "Expired"


S = TaskState
TRANSITIONS: dict[TaskState, frozenset[TaskState]] = {
    S.QUEUED: frozenset({S.RUNNING, S.CLAIMED, S.CANCELLED, S.EXPIRED, S.FAILED}),
    S.CLAIMED: frozenset({S.RUNNING, S.QUEUED, S.CANCELLED, S.FAILED}),
    # Running goes back to queued when its worker's lease is lost: another worker takes over.
    S.RUNNING: frozenset({S.WAITING, S.QUEUED, S.SUCCEEDED, S.FAILED, S.CANCELLED}),
    # What it waited for may be all that was left to do.
    S.WAITING: frozenset({S.QUEUED, S.SUCCEEDED, S.CANCELLED, S.EXPIRED, S.FAILED}),
    S.SUCCEEDED: frozenset(),
    S.FAILED: frozenset(),
    S.CANCELLED: frozenset(),
    S.EXPIRED: frozenset(),
}
ENDED = frozenset(state for state, following in TRANSITIONS.items() if not following)
UNDER_WAY = frozenset(TaskState) - ENDED
AT_WORK = (S.CLAIMED, S.RUNNING)  # a worker has it, or had it and is gone


def sources(target: TaskState) -> list[TaskState]:
    """The states from which ``target`` may be reached."""
    return [state for state, following in TRANSITIONS.items() if target in following]
