"""Whatever reaches the model and was not written by the task's person or by code: all of it stands in one list."""

import json

import pytest

from agents.queue.models import Task
from agents.registry.actions import DECIDES_WHAT_IT_DOES
from agents.runtime import transcript
from agents.runtime.tools import tools
from tests import builders
from tests.agents import transcripts
from tests.cast import Cast

pytestmark = pytest.mark.django_db

# Column: who wrote it, and what holds it.
WRITTEN = {
    "Agent.name": "a manager; another one puts the agent back into shadow",
    "Agent.purpose": "a manager; another one puts the agent back into shadow",
    "Agent.instructions": "a manager; other ones put the agent back into shadow",
    "Person.first_name": "the task's person",
    "Person.last_name": "the task's person",
    "Person.name": "the task's person",
    "Person.display_name": "the task's person",
    "Person.email": "an admin, for the task's person",
    "Task.instruction": "the task's person",
    "Task.attached": "others; it taints from the first step",
    "Connection.name": "who manages the connection, and may grant on it",
}


def test_every_text_that_the_model_reads_has_its_writer(cast: Cast) -> None:
    agent, box = builders.triage(cast)
    task = transcripts.running(cast.mia, agent)
    marks = {}
    for row in (agent, box, cast.mia, task, cast.support):
        for field in row._meta.fields:
            if field.get_internal_type() in {"CharField", "TextField", "EmailField"} and not field.choices:
                if field.name in {"worker", "model", "kind", "password"}:
                    continue
                mark = f"mark{len(marks)}x"
                marks[mark] = f"{type(row).__name__}.{field.name}"
                type(row).objects.filter(pk=row.pk).update(**{field.name: mark})
    now = Task.objects.select_related("agent", "person").get(pk=task.pk)
    offered = [repr(one.definition) for one in tools(now).values()]
    told = json.dumps(offered) + repr(transcript.messages(now))
    found = {column for mark, column in marks.items() if mark in told}
    assert {"Agent.purpose", "Task.instruction", "Connection.name"} <= found
    assert found <= set(WRITTEN)


def test_what_managers_write_into_it_puts_an_agent_back_into_shadow() -> None:
    held = {f"Agent.{name}" for name in DECIDES_WHAT_IT_DOES}
    assert {name for name, why in WRITTEN.items() if "back into shadow" in why} <= held
