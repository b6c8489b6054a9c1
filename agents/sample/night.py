"""The sample company's schedule, and the night behind it: one run, which says of itself that it is a sample."""

from datetime import datetime, timedelta

from django.utils import timezone

from agents.approvals import actions as approvals
from agents.approvals.models import Approval
from agents.grants.models import Grant
from agents.lifecycle.tasks import claim_task, finish_task
from agents.policy.declarations import Effect, Role
from agents.queue.envelopes import planned
from agents.queue.models import Step, Task
from agents.registry.models import Agent
from agents.sample.past import date_back, made_call
from agents.schedules import actions
from agents.schedules.actions import Trigger
from agents.schedules.models import Run, Schedule
from agents.schedules.running import key_of
from portal.audit.record import PORTAL, Acting

EVERY_MORNING = "0 6 * * *"
SAID = (
    "This is a sample run, made together with the sample company to show what a night looks like. It listed the inbox, "
    "asked to tell what it found, and changed nothing: nobody was there to answer."
)
TOLD = "Good morning! I looked at the inbox."


def scheduled(agent: Agent, instruction: str) -> Schedule:
    """The agent's usual job every morning at six, switched on, and last night's run of it."""
    made = actions.make(
        agent.owner,
        agent,
        instruction=instruction,
        envelope=planned(agent, instruction, agent.owner),
        trigger=Trigger(line=EVERY_MORNING),
        zone="UTC",
        ends_at=timezone.now() + timedelta(days=90),
        run_micros=500_000,
        month_micros=10_000_000,
    )
    _last_night(made)
    return actions.switch_on(agent.owner, made)


def _last_night(schedule: Schedule) -> None:
    """A task that really listed the inbox and asked to post, through the gate, dated back to six in the morning."""
    run = actions.run_now(schedule.person, schedule)
    assert run.task is not None
    task = claim_task(run.task.pk, worker="sample")
    assert task is not None
    step = Step.objects.create(
        task=task, number=1, response={}, text="I list the inbox first.", cost_micros=0
    )
    if (listing := _listing(task)) is not None:
        made_call(step, 0, listing.capability, listing.connection_id, {})
    if (telling := _telling(task)) is not None:
        grant, arguments = telling
        made_call(step, 1, grant.capability, grant.connection_id, arguments)
        for ask in Approval.objects.filter(call__task=task, state=Approval.State.OPEN):
            approvals.expire(PORTAL, ask)
        made_call(step, 1, grant.capability, grant.connection_id, arguments)
    finish_task(Acting(task.agent), task, result=SAID, counts={})
    now = timezone.now()
    six = now.replace(hour=6, minute=0, second=0, microsecond=0)
    _date_back(run, task, six if six < now - timedelta(hours=1) else six - timedelta(days=1))


def _telling(task: Task) -> tuple[Grant, dict[str, str]] | None:
    """A grant to tell people something, with what is said to the agent's team: that asks, as others read it."""
    given = {Role.DEST: str(task.agent.team), Role.CONTENT: TOLD}
    for grant in (
        task.agent.grants.live().for_tasks_of(task.person_id).select_related("connection").order_by("pk")
    ):
        declared = grant.declared
        if declared is not None and declared.name == grant.connection.connector.tells:
            needed = [argument for argument in declared.arguments if argument.required]
            if all(argument.role in given for argument in needed):
                return grant, {argument.name: given[argument.role] for argument in needed}
    return None


def _listing(task: Task) -> Grant | None:
    """A grant to read something without naming it."""
    for grant in task.agent.grants.live().for_tasks_of(task.person_id).order_by("pk"):
        declared = grant.declared
        if (
            declared is None
            or declared.effect is not Effect.READ
            or [grant.capability, grant.connection_id] not in (task.envelope or [])
        ):
            continue
        if not any(argument.required for argument in declared.arguments):
            return grant
    return None


def _date_back(run: Run, task: Task, six: datetime) -> None:
    Run.objects.filter(pk=run.pk).update(slot=six, at=six, how=Run.How.TIME, key=key_of(six))
    date_back(task, six)
    Approval.objects.filter(call__task=task).update(asked_at=six, expires_at=six + timedelta(seconds=20))
