"""Tasks in the middle of their work: claimed, with steps and calls, some of them through the real gate."""

import uuid
from typing import Any

from agents import gate
from agents.connections.models import Connection
from agents.grants.models import Grant
from agents.lifecycle.tasks import claim_task
from agents.queue import actions
from agents.queue.models import Call, Step, Task
from agents.registry.models import Agent
from portal.people.models import Person
from portal.reasons import because
from tests import builders


def running(person: Person, agent: Agent, instruction: str = "Sort the inbox") -> Task:
    queued = builders.unnarrowed(actions.queue(person, agent, instruction=instruction))
    task = claim_task(queued.pk, worker="test")
    assert task is not None
    return task


def step(task: Task, number: int = 1, text: str = "") -> Step:
    made = said(task, number, {}, text=text, input_tokens=1_000, output_tokens=234)
    Task.objects.filter(pk=task.pk).update(tokens=1_234 * number, cost_micros=5_000 * number)
    return made


def said(task: Task, number: int, response: dict[str, Any], **fields: Any) -> Step:
    """A step that counts in its task's row, as each does."""
    Task.objects.filter(pk=task.pk).update(steps_done=number)
    task.steps_done = number
    return Step.objects.create(task=task, number=number, response=response, **fields)


def calls(step: Step, grant: Grant, number: int, **fields: Any) -> list[Call]:
    """``number`` reads that were allowed and done, as rows."""
    first = step.calls.count()
    return Call.objects.bulk_create(
        Call(
            task=step.task,
            step=step,
            position=first + one,
            tool_call_id=f"{step.number}-{first + one}",
            tool_name="mail_read",
            key=uuid.uuid4(),
            **{
                "capability": "mail.read",
                "connection": grant.connection,
                "grant": grant,
                "arguments": {"message": f"message-{one}"},
                "digest": "0" * 64,
                "verdict": "allow",
                "reasons": [because("granted", until="2026-12-01T00:00:00+00:00")],
                "state": Call.State.DONE,
                "summary": f"Read message number {one}",
                "result": {"text": "private words of a mail"},
                **fields,
            },
        )
        for one in range(number)
    )


def asking(task: Task, connection: Connection, *, to: str, text: str = "Hello", number: int = 1) -> Call:
    """A post that the gate parked, with its ask open."""
    made = step(task, number)
    return gate.call(
        task,
        made,
        0,
        tool_call_id="ask",
        tool_name="chat_post",
        capability="chat.post",
        connection=connection.pk,
        arguments={"to": to, "text": text},
    )
