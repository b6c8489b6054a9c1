"""Whose task is next: people take turns, however many tasks each has queued, and in whatever order messages come.

Each task has a number, its turn. A person's next task has a turn after their last one's, but none before what is at
work now: so a person who has queued nothing comes right after that, and one who has queued a thousand in between.
"""

from datetime import timedelta

from django.db.models import Avg, Max, Min, Q

from agents.queue.models import Task
from agents.queue.states import AT_WORK, TaskState

ENDED_LATELY = 20  # tasks by which it is told when another starts


def following(person: int) -> int:
    """The turn of the person's next task."""
    waiting = Task.objects.filter(state=TaskState.QUEUED)
    now = Task.objects.at_work().aggregate(turn=Max("turn"))["turn"]
    if now is None:
        now = waiting.aggregate(turn=Min("turn"))["turn"] or 0
    mine = Task.objects.filter(person=person, state__in=WAIT_OR_WORK).aggregate(turn=Max("turn"))["turn"]
    return int(now if mine is None else max(now, mine + 1))


WAIT_OR_WORK = (TaskState.QUEUED, *AT_WORK)


def place(task: Task) -> int:
    """How many tasks start before this one does, and it."""
    before = Q(turn__lt=task.turn) | Q(turn=task.turn, pk__lt=task.pk)
    return Task.objects.due().filter(before, asks_model=task.asks_model).count() + 1


def probably_within(place: int) -> timedelta | None:
    """When a task at this place starts, by how long the last tasks took; None: nothing is known, or no worker works."""
    hands = Task.objects.at_work().count()
    lately = Task.objects.filter(finished_at__isnull=False, steps_done__gt=0).order_by("-finished_at")
    took = Task.objects.filter(pk__in=lately.values("pk")[:ENDED_LATELY]).aggregate(s=Avg("seconds_worked"))[
        "s"
    ]
    return timedelta(seconds=took * place / hands) if hands and took is not None else None
