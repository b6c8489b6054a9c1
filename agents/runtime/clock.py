"""The time of a task as its worker counts it: what its row does not have yet, and what is left."""

import time
from datetime import timedelta

from agents.queue import actions
from agents.queue.models import Task
from agents.runtime.limits import GiveUp
from portal.reasons import because


class Clock:
    def __init__(self, task: Task) -> None:
        self.task, self.began = task, time.monotonic()

    @property
    def seconds(self) -> float:
        """Worked since the row was last told."""
        return time.monotonic() - self.began

    @property
    def left(self) -> float:
        return self.task.max_seconds - self.task.seconds_used - self.seconds

    def check(self) -> None:
        """Raises GiveUp where the task's time is over."""
        if self.left <= 0:
            raise GiveUp(because("limit_time", most=self.task.max_seconds))

    def tell(self) -> None:
        """Keep the lease, and add up the time worked. Raises Lost."""
        actions.renew(self.task, timedelta(seconds=self.seconds))
        self.began = time.monotonic()
