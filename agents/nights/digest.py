"""The morning's digest: what ran for a person in a night, what it did and cost, what waits, failed or was stopped."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q

from agents.clearances.models import ClearanceUse
from agents.nights.times import Night
from agents.queue.models import Task
from agents.queue.states import TaskState
from agents.schedules.hindrances import FAILED
from agents.schedules.models import Run
from agents.stops.models import Stop, StopQuerySet
from portal.people.models import Person
from portal.words import tally

DAY = timedelta(days=1)
MOST = 200  # tasks; a night has few


@dataclass(frozen=True, slots=True)
class Digest:
    """``left_out``: runs that were due and did not happen. ``cleared``: calls that the evening's yes let go."""

    night: Night
    tasks: tuple[Task, ...]
    left_out: tuple[Run, ...]
    stops: tuple[Stop, ...]
    cleared: int

    @property
    def empty(self) -> bool:
        return not (self.tasks or self.left_out or self.stops)

    @property
    def waiting(self) -> list[Task]:
        return [task for task in self.tasks if task.state == TaskState.WAITING and not task.watches]

    @property
    def failed(self) -> list[Task]:
        return [task for task in self.tasks if task.state in FAILED]

    @property
    def stopped(self) -> list[Task]:
        return [task for task in self.tasks if task.state == TaskState.CANCELLED]

    @property
    def done(self) -> list[Task]:
        return [task for task in self.tasks if task.state == TaskState.SUCCEEDED]

    @property
    def going(self) -> list[Task]:
        return [task for task in self.tasks if not task.ended and task not in self.waiting]

    @property
    def counted(self) -> str:
        """What was done, by kind, all tasks together: ``read 14, labelled 2``."""
        total: Counter[str] = Counter()
        for task in self.tasks:
            total.update({kind: times for kind, times in task.counts.items() if isinstance(times, int)})
        return tally(total)

    @property
    def cost(self) -> int | None:
        """In micros; None where no task has a price."""
        costs = [task.cost_micros for task in self.tasks if task.cost_micros is not None]
        return sum(costs) if costs else None

    @property
    def unpriced(self) -> int:
        return sum(task.cost_micros is None for task in self.tasks)


def digest(person: Person, night: Night) -> Digest:
    """Runs of schedules since the morning before, and every task of theirs that was under way in the night."""
    since, until = night.morning - DAY, night.morning
    by_itself = Q(run__at__gte=since, run__at__lt=until)
    in_the_night = Q(finished_at__isnull=True) | Q(finished_at__gte=night.evening)
    tasks = Task.objects.filter(by_itself | (in_the_night & Q(created_at__lt=until)), person=person)
    tasks = tasks.for_lists().select_related("agent", "person", "run", "cancel_requested_by")
    waits = Count("calls__approval", filter=Q(calls__approval__state="open"), distinct=True)
    silent = Count("calls__approval", filter=Q(calls__approval__state="expired"), distinct=True)
    would = Count("calls", filter=Q(calls__state="would"), distinct=True)
    rows = tuple(
        tasks.annotate(asks=waits, unanswered=silent, noted=would).order_by("created_at", "pk")[:MOST]
    )
    left_out = Run.objects.visible_to(person).filter(task__isnull=True, at__gte=since, at__lt=until)
    used = ClearanceUse.objects.filter(clearance__schedule__person=person, at__gte=since, at__lt=until)
    return Digest(
        night,
        rows,
        tuple(left_out.select_related("schedule__agent").order_by("slot")[:MOST]),
        tuple(_stops(person, rows).filter(set_at__gte=since, set_at__lt=until).order_by("set_at")),
        used.count(),
    )


def _stops(person: Person, tasks: tuple[Task, ...]) -> StopQuerySet:
    """Of the company, of a capability, and of the agents that worked or would have."""
    agents = {task.agent_id for task in tasks}
    agents |= set(person.schedules.values_list("agent", flat=True))
    wide = Q(scope__in=[Stop.Scope.EVERYTHING, Stop.Scope.CAPABILITY])
    rows = Stop.objects.visible_to(person).filter(wide | Q(scope=Stop.Scope.AGENT, agent__in=agents))
    return rows.for_reading()
