"""A task that a schedule of Mia's started by itself, on an agent that asks before each post; and what clears it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from agents import gate
from agents.clearances.models import Clearance
from agents.connections.models import Connection
from agents.grants.models import Grant
from agents.lifecycle.tasks import claim_task
from agents.nights import actions
from agents.queue.models import Call, Step, Task
from agents.registry.models import Agent
from agents.schedules.models import Run, Schedule
from portal.people.models import Person
from tests import builders
from tests.agents.asking import ASKING, INSTRUCTION
from tests.agents.scheduled import beat, due, made
from tests.cast import Cast

TO = "lea.brandt@example.com"


@dataclass
class Evening:
    """Mia's schedule at 06:00 UTC, and the task of its latest run."""

    cast: Cast
    agent: Agent
    room: Connection
    grant: Grant
    schedule: Schedule
    task: Task
    made: int = 0

    def clear(self, by: Person | None = None, *, to: str = TO, most: int = 1, hours: float = 8) -> Clearance:
        return actions.clear(
            by or self.cast.mia,
            self.schedule,
            grant=self.grant,
            arguments={"to": to},
            most=most,
            until=timezone.now() + timedelta(hours=hours),
        )

    def post(self, text: str = "", *, to: Any = TO, number: int | None = None) -> Call:
        """A new call of the task, decided by the gate; ``number``: that one, or once more."""
        self.made += number is None
        place = number or self.made
        row = gate.call(
            self.task,
            Step.objects.get(task=self.task),
            place,
            tool_call_id=f"c{place}",
            tool_name="chat_post",
            capability="chat.post",
            connection=self.room.pk,
            arguments={"to": to, "text": text or f"Number {place}"},
        )
        row.refresh_from_db()
        return row

    def codes(self, row: Call) -> list[str]:
        return [reason["code"] for reason in row.reasons]


def evening(cast: Cast, *, second_person: bool = False, how: str = "time") -> Evening:
    agent = builders.agent(cast.mia, cast.support)
    room = builders.chat(cast.ada, cast.support)
    grant = builders.grant(agent, room, "chat.post", by=cast.ada, terms=ASKING)
    Grant.objects.filter(pk=grant.pk).update(second_person=second_person)
    grant.refresh_from_db()
    schedule = made(agent, instruction=INSTRUCTION, pairs=[("chat.post", room.pk)])
    beat(due(schedule))
    run = Run.objects.get()
    Run.objects.update(how=how)
    task = claim_task(run.task_id or 0, worker="night")
    assert task is not None
    Step.objects.create(task=task, number=1, response={})
    schedule.refresh_from_db()
    return Evening(cast, agent, room, grant, schedule, task)
