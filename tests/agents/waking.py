"""A task whose one call goes on elsewhere, for the tests of what it waits for."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db.models.functions import Now

from agents.connectors.base import Result
from agents.connectors.results import Awaited, Ended
from agents.queue.models import Call, Task
from agents.queue.wakes import Wake
from agents.runtime import loop
from agents.watching import looks
from tests.agents.gated import Strange, strange
from tests.agents.scripted import queued
from tests.cast import Cast

WAITS = Awaited("the end of run 7", about="run 7", cursor={"jobs": 0})
GOOD = Ended(Result({"state": "good"}, "Run 7 ended well"))


@dataclass
class Waiting:
    """``cursors``: what each look was given."""

    cast: Cast
    task: Task
    connector: Strange
    place: Any
    cursors: list[Any] = field(default_factory=list)

    def begins(self, awaited: Awaited = WAITS) -> None:
        self.connector.performs = lambda context: awaited

    def sees(self, found: Awaited | Ended | Exception) -> None:
        def look(cursor: Any) -> Awaited | Ended:
            self.cursors.append(cursor)
            if isinstance(found, Exception):
                raise found
            return found

        self.connector.sees = look

    def work(self) -> Task:
        loop.run(self.task.pk)
        return self.now()

    def look(self) -> Task:
        """It is due, and a round of looks is made."""
        Wake.objects.open().update(due_at=Now())
        looks.beat()
        return self.now()

    def now(self) -> Task:
        self.task.refresh_from_db()
        return self.task

    @property
    def call(self) -> Call:
        return Call.objects.filter(task=self.task).order_by("pk").first()  # type: ignore[return-value]

    @property
    def wake(self) -> Wake:
        return Wake.objects.get(call=self.call)


@pytest.fixture
def waiting(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Waiting:
    task = queued(cast, "Follow run 7.")
    connector, place = strange(cast, task.agent, monkeypatch)
    found = Waiting(cast, task, connector, place)
    found.begins()
    return found
