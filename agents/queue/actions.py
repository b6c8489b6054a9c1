"""What can happen to tasks: queued, claimed, parked, resumed, finished, cancelled. All by conditional update."""

from collections.abc import Iterable
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from agents.approvals.models import Approval
from agents.authority import barred
from agents.events import Event
from agents.queue import task_facts as noting
from agents.queue.models import LEASE, Task
from agents.queue.shares import SHARED_FOR, TaskShare
from agents.queue.states import TaskState
from agents.registry.models import Agent
from agents.storable import storable
from metering.budgets.actions import set_budget
from metering.budgets.keepers import About
from portal.audit.record import PORTAL, action, detail
from portal.later import later
from portal.people.models import Person
from portal.reasons import Stored, because, public

LONGEST = Task._meta.get_field("instruction").max_length or 0

LONGEST_ATTACHED = Task._meta.get_field("attached").max_length or 0
LONGER = timedelta(days=365)  # so long a person keeps the texts of one task, from the click on


class Lost(Exception):
    """The task is no longer this worker's: cancelled, taken over, or moved on by somebody else."""


@action(Event.TASK_QUEUED)
def queue(
    actor: Person,
    agent: Agent,
    *,
    instruction: str,
    envelope: Iterable[tuple[str, int]] | None = None,
    attended: bool = False,
    attached: str = "",
    at_most: int | None = None,
) -> Task:
    """Queue a task for ``actor``. Raises ValidationError for an agent that does not work or an empty instruction.

    The only door: whatever queues a task, a person or a clock, gives it its ``envelope`` here, as (capability,
    connection); None: the ready-made agent's, or the plan of the instruction's words. Outside of it an ``attended``
    task asks, any other is refused. ``attached`` is text to work on, whose words are nobody's order. ``at_most`` is a
    budget of its own, in micros.
    """
    from agents.queue.envelopes import held, planned

    if barred(actor.pk, agent.pk):
        raise ValidationError(f"{agent} is not shared with {actor} as an operator. Its managers can do that.")
    if agent.state != Agent.State.ACTIVE:
        raise ValidationError(f"{agent} is {agent.get_state_display().lower()} and takes no tasks.")
    envelope = None if envelope is None else frozenset(envelope)
    task = Task(
        agent=agent,
        person=actor,
        instruction=storable(instruction.strip()),
        envelope=sorted(planned(agent, instruction, actor) if envelope is None else envelope),
        attended=attended,
        attached=storable(attached.strip()),
        max_steps=agent.max_steps,
        max_tokens=agent.max_tokens,
        max_cost_micros=agent.max_cost_micros,
        max_seconds=agent.max_seconds,
        max_asks=agent.max_asks,
    )
    task.clean_fields(exclude={field.name for field in Task._meta.fields} - {"instruction"})
    if len(task.instruction) > LONGEST:
        raise ValidationError({"instruction": f"Write at most {LONGEST:,} characters."})
    if len(task.attached) > LONGEST_ATTACHED:
        raise ValidationError({"attached": f"Give at most {LONGEST_ATTACHED:,} characters along."})
    if envelope is not None and not envelope <= {one.pair for one in held(agent, actor)}:
        raise ValidationError({"envelope": f"{agent} has no live grant for a part of this. Look again."})
    task.save()
    if at_most is not None:
        own = About("task", str(task.pk), f"{task}"[:120], agent_id=agent.pk, person_id=actor.pk)
        set_budget(actor, own, span="whole", limit_micros=at_most, hard=True)
    noting.queued(task)
    detail(task=task.pk, envelope=[f"{name}@{place}" for name, place in task.envelope or []])
    later("agents.run", task.pk)
    return task


def claim(task_id: int, worker: str) -> Task | None:
    """Take a queued task, with a lease; None when it is not to be had (ended, stopped, another worker's)."""
    from agents.stops.holding import free

    lease = timezone.now() + LEASE
    if not free(Task.objects.filter(pk=task_id)).move(TaskState.CLAIMED, worker=worker, lease_until=lease):
        return None
    try:
        return _start(PORTAL, Task.objects.select_related("agent", "agent__owner", "person").get(pk=task_id))
    except Lost:  # cancelled between the two
        return None


@action(Event.TASK_CLAIMED)
def _start(actor: str, task: Task) -> Task:
    _move(task, TaskState.RUNNING, started_at=task.started_at or timezone.now())
    return task


def renew(task: Task, worked: timedelta) -> None:
    """Keep the lease and add up the time worked. Raises Lost when the task is not this worker's any more."""
    mine = Task.objects.filter(pk=task.pk, state=TaskState.RUNNING, worker=task.worker)
    kept = mine.filter(cancel_requested_at__isnull=True).update(
        lease_until=timezone.now() + LEASE, seconds_worked=F("seconds_worked") + worked.total_seconds()
    )
    if not kept:
        raise Lost
    task.seconds_worked += worked.total_seconds()


def park(task: Task, *, counts: dict[str, int]) -> bool:
    """Let the task wait for answers, so that its worker is free; False when they have all come in meanwhile."""
    with transaction.atomic():
        # An answer takes this lock too: it either sees the task waiting, or is seen here.
        Task.objects.select_for_update().get(pk=task.pk)
        asks = Approval.objects.filter(call__task=task, state=Approval.State.OPEN).count()
        if asks:
            _park(PORTAL, task, asks=asks, counts=counts)
        return bool(asks)


@action(Event.TASK_WAITING)
def _park(actor: str, task: Task, *, asks: int, counts: dict[str, int]) -> Task:
    _move(task, TaskState.WAITING, worker="", lease_until=None, counts=counts)
    detail(**counts, asks=asks)
    return task


@action(Event.TASK_RESUMED)
def resume(actor: Person | str, task: Task, *, why: Stored) -> Task:
    """Back to the queue: every ask is answered, or its worker is gone. Raises Lost when that worker is back."""
    if not Task.objects.filter(pk=task.pk, lease_until=task.lease_until).select_for_update():
        raise Lost(f"{task} is being worked on again")
    _move(task, TaskState.QUEUED, worker="", lease_until=None, sent_at=timezone.now())
    detail(why=why)
    later("agents.run", task.pk)
    return task


@action(Event.TASK_FINISHED)
def finish(actor: str, task: Task, *, result: str, counts: dict[str, int]) -> Task:
    detail(**counts, asks=0)
    return _end(task, TaskState.SUCCEEDED, result=result, counts=counts)


@action(Event.TASK_FAILED)
def fail(actor: str, task: Task, *, reason: Stored, counts: dict[str, int]) -> Task:
    """``reason``: what stopped it, and who can change that. The trail keeps of it what everybody may read."""
    detail(**counts, reason=public(reason))
    return _end(task, TaskState.FAILED, reason=storable(reason), counts=counts)


@action(Event.TASK_CANCELLED)
def cancel(actor: Person | str, task: Task, *, why: str = "", cause: Stored | None = None) -> Task:
    """Stop a task at once: no further call starts, open asks die. Raises ValidationError when it has ended."""
    from agents.stops import standing

    standing.while_stopping()
    by = actor if isinstance(actor, Person) else None
    now = timezone.now()
    if not Task.objects.filter(pk=task.pk).move(
        TaskState.CANCELLED, finished_at=now, cancel_requested_at=now, cancel_requested_by=by
    ):
        raise ValidationError("This task has ended already.")
    task.refresh_from_db()
    standing.stand(actor, standing.Stop(scope="task", task=task, why=why[:200], cause=cause or {}))
    if why or cause:
        detail(why=public(cause) if cause else why[:200])
    return task


@action(Event.TASK_SHARED)
def share(actor: Person, task: Task, *, reader: Person | None) -> TaskShare:
    """Let ``reader``, or whoever manages the agent (None), look at this one task until it ends by itself."""
    if reader is not None and (reader.pk == task.person_id or not reader.is_active):
        raise ValidationError({"reader": f"{reader} cannot be given this: write a colleague's e-mail."})
    mine = TaskShare.objects.filter(task=task, reader=reader, ended_at__isnull=True)
    mine.select_for_update().update(ended_at=timezone.now())
    made = TaskShare(task=task, reader=reader, until=timezone.now() + SHARED_FOR)
    made.save()
    detail(reader=str(reader or task.agent), until=made.until.isoformat())
    return made


@action(Event.TASK_UNSHARED)
def unshare(actor: Person, task: Task, *, share: TaskShare) -> Task:
    if not task.shares.open().filter(pk=share.pk).update(ended_at=timezone.now()):
        raise ValidationError("This share had ended already.")
    detail(reader=str(share.reader or task.agent))
    return task


@action(Event.TASK_KEPT)
def keep(actor: Person, task: Task) -> Task:
    """Its texts stay for a year from now. Raises ValidationError when they have gone already."""
    held = Task.objects.filter(pk=task.pk, texts_gone_at__isnull=True)
    if not held.update(keep_until=timezone.now() + LONGER):
        raise ValidationError("The texts of this task have been removed already.")
    task.refresh_from_db()
    return task


@action(Event.TASK_LET_GO)
def let_go(actor: Person, task: Task) -> Task:
    """Its texts go when their time is over; the coming night, where it is over already."""
    Task.objects.filter(pk=task.pk).update(keep_until=None)
    task.refresh_from_db()
    return task


def _end(task: Task, state: TaskState, **changes: object) -> Task:
    _move(task, state, finished_at=timezone.now(), worker="", lease_until=None, **changes)
    _bury_asks(task)
    noting.ended(task)
    return task


def _bury_asks(task: Task) -> None:
    asks = Approval.objects.filter(call__task=task, state=Approval.State.OPEN)
    asks.update(state=Approval.State.DEAD, why_dead=because("task_ended"))


def _move(task: Task, to: TaskState, **changes: object) -> None:
    """Raises Lost when the row is not where, or not whose, this object thinks it is."""
    if not Task.objects.filter(pk=task.pk, state=task.state, worker=task.worker).move(to, **changes):
        raise Lost(f"{task} is no longer {task.state}")
    task.refresh_from_db()
