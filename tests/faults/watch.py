"""Watches tasks while faults happen: how long each stood still though there were a worker, a clock and a database."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Count, Max

from agents.queue.models import Task
from portal.clock.models import Tick
from portal.sessions import database_now
from tests.faults.house import House

TELLS = 12.0  # seconds of standing still that are looked into
CLOCK = timedelta(seconds=4)  # without a sign of it
LONGEST_LOOK = 1.5  # seconds between two looks; more of it was a fault's own time


@dataclass
class Watch:
    """``still``: seconds since a task last got on; ``worst``: the longest that it was, for tasks in a worker's turn."""

    house: House
    mark: dict[int, tuple[object, ...]] = field(default_factory=dict)
    still: dict[int, float] = field(default_factory=dict)
    worst: dict[int, float] = field(default_factory=dict)
    faults: list[tuple[str, float]] = field(default_factory=list)  # what was done, and when
    told: list[tuple[object, ...]] = field(default_factory=list)  # about whom to look closer
    at: float = field(default_factory=time.monotonic)

    def look(self) -> None:
        now = time.monotonic()
        passed, self.at = min(now - self.at, LONGEST_LOOK), now
        counted = passed if self.house.ready and self._ticks() else 0.0
        rows = Task.objects.under_way().annotate(number=Count("calls"))
        for pk, *mark in rows.values_list("pk", "state", "claim", "steps_done", "number"):
            found = tuple(mark)
            if self.mark.get(pk) != found:
                self.mark[pk], self.still[pk] = found, 0.0
            else:
                self.still[pk] += counted
                before, self.worst[pk] = self.worst.get(pk, 0.0), max(self.worst.get(pk, 0.0), self.still[pk])
                if before <= TELLS < self.worst[pk]:
                    self.told.append((pk, found, round(self.still[pk], 1), list(self.faults)[-4:]))

    def _ticks(self) -> bool:
        """Is there a clock? One that was killed with all others takes seconds to start."""
        last = Tick.objects.aggregate(at=Max("begun_at"))["at"]
        return last is not None and last > database_now() - CLOCK

    def parked(self, tasks: Iterable[Task]) -> list[float]:
        return sorted(self.worst.get(task.pk, 0.0) for task in tasks)
