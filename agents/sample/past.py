"""Nights behind the sample company's first agent, as connectors bring them: their calls went through the gate."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from agents import gate
from agents.connectors.plugins import AgentsPlugin, SampleNight
from agents.lifecycle.tasks import claim_task, finish_task
from agents.queue import actions as tasks
from agents.queue.models import Call, Step, Task
from agents.registry.models import Agent
from agents.schedules import actions as schedules
from agents.schedules.actions import Trigger
from agents.schedules.models import Run
from agents.schedules.running import key_of
from portal import plugins
from portal.audit.record import Acting

NIGHT = timedelta(hours=7)


def nights(agent: Agent) -> None:
    """Those for which the agent has every grant, in the order in which they were."""
    for plugin in plugins.of_kind(AgentsPlugin):
        for night in plugin.sample_nights:
            live = agent.grants.live().for_tasks_of(agent.owner_id).filter(capability__in=night.needs)
            places = dict(live.values_list("capability", "connection_id"))
            if set(places) == night.needs:
                _night(agent, night, places)


def _night(agent: Agent, night: SampleNight, places: Mapping[str, int]) -> None:
    last = timezone.now() - NIGHT  # so that also its latest hour is over
    began = last.replace(hour=night.hour, minute=0, second=0, microsecond=0) - timedelta(days=night.nights)
    queued = _queued(agent, night, places, began)
    task = claim_task(queued.pk, worker="sample")
    assert task is not None
    step = Step.objects.create(task=task, number=1, response={}, cost_micros=0)

    def call(capability: str, arguments: Mapping[str, Any]) -> Any:
        made = made_call(step, step.calls.count(), capability, places[capability], arguments)
        return made.result

    finish_task(Acting(task.agent), task, result=night.act(call), counts={})
    date_back(task, began)
    night.dated(task.pk, began)


def made_call(
    step: Step, position: int, capability: str, connection: int, arguments: Mapping[str, Any]
) -> Call:
    """Through the gate, as a worker makes it."""
    return gate.call(
        step.task,
        step,
        position,
        tool_call_id=f"sample-{position}",
        tool_name=capability.replace(".", "_"),
        capability=capability,
        connection=connection,
        arguments=arguments,
    )


def _queued(agent: Agent, night: SampleNight, places: Mapping[str, int], began: datetime) -> Task:
    envelope = frozenset(places.items())
    if not night.line:
        return tasks.queue(
            agent.owner, agent, instruction=night.instruction, envelope=envelope, attached=night.attached
        )
    made = schedules.make(
        agent.owner,
        agent,
        instruction=night.instruction,
        envelope=envelope,
        trigger=Trigger(line=night.line),
        zone="UTC",
        ends_at=timezone.now() + timedelta(days=90),
        run_micros=500_000,
        month_micros=5_000_000,
    )
    run = schedules.run_now(agent.owner, made)
    assert run.task is not None
    Run.objects.filter(pk=run.pk).update(slot=began, at=began, how=Run.How.TIME, key=key_of(began))
    return run.task


def date_back(task: Task, began: datetime) -> None:
    """The task, its steps and its calls, as if it had begun then."""
    done = began + timedelta(seconds=21)
    Step.objects.filter(task=task).update(at=began)
    Call.objects.filter(task=task).update(decided_at=began, started_at=began, finished_at=done)
    Task.objects.filter(pk=task.pk).update(
        created_at=began,
        sent_at=began,
        started_at=began,
        finished_at=done,
        changed_at=done,
        steps_done=1,
        cost_micros=0,
    )
