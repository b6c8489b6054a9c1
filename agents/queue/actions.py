"""Verbs on one task by itself: queue, start, renew, resume, share, keep. Each is a conditional update."""

from collections.abc import Iterable
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from agents.authority import barred
from agents.events import Event
from agents.queue import places, task_facts
from agents.queue.claims import lease
from agents.queue.envelopes import held, planned
from agents.queue.models import Task
from agents.queue.moves import Lost, move
from agents.queue.order import following
from agents.queue.sending import send
from agents.queue.shares import SHARED_FOR, TaskShare
from agents.queue.states import TaskState
from agents.registry.models import Agent
from agents.storable import storable
from metering.budgets.actions import set_budget
from metering.budgets.permissions import About
from portal.audit.record import action, detail
from portal.people.models import Person
from portal.reasons import Stored, public

LONGEST = Task._meta.get_field("instruction").max_length or 0
LONGEST_ATTACHED = Task._meta.get_field("attached").max_length or 0
LONGER = timedelta(days=365)  # so long a person keeps the texts of one task, from the click on


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
    trigger: str = "manual",
) -> Task:
    """Queue a task for ``actor``. Raises ValidationError for an agent that does not work or an empty instruction.

    The only door: whatever queues a task, a person or a clock, gives it its ``envelope`` here, as (capability,
    connection); None: the ready-made agent's, or the plan of the instruction's words. Outside of it an ``attended``
    task asks, any other is refused. ``attached`` is text to work on, whose words are nobody's order. ``at_most`` is a
    budget of its own, in micros. ``trigger``: ``schedule`` where a clock or an event queues it.
    """
    if barred(actor.pk, agent.pk):
        raise ValidationError(
            f"{actor} may not queue tasks for {agent}. Its managers can share it with them as an operator."
        )
    if agent.state != Agent.State.ACTIVE:
        raise ValidationError(f"{agent} is {agent.get_state_display().lower()} and cannot take tasks.")
    envelope = None if envelope is None else frozenset(envelope)
    task = Task(
        agent=agent,
        person=actor,
        instruction=storable(instruction.strip()),
        envelope=sorted(planned(agent, instruction, actor) if envelope is None else envelope),
        attended=attended,
        attached=storable(attached.strip()),
        turn=following(actor.pk),
        asks_model=not agent.answers_here,
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
    if envelope is not None and not envelope <= {choice.pair for choice in held(agent, actor)}:
        raise ValidationError(
            {
                "envelope": (
                    f"{agent} may not use a part of this in your tasks. Check what it "
                    "may use, then queue it again."
                )
            }
        )
    task.save()
    if at_most is not None:
        own = About("task", str(task.pk), f"{task}"[:120], agent_id=agent.pk, person_id=actor.pk)
        set_budget(actor, own, span="whole", limit_micros=at_most, hard=True)
    task_facts.queued(task, trigger)
    detail(task=task.pk, envelope=[f"{name}@{place}" for name, place in task.envelope or []])
    send(task)
    return task


def hand_over(task: Task, *, asks_model: bool, worked: float) -> None:
    """Between two steps, to who awaits models or back to a pool's processes, at its old turn. Raises Lost."""
    with transaction.atomic():
        move(
            task,
            TaskState.QUEUED,
            worker="",
            lease_until=None,
            handed=True,
            asks_model=asks_model,
            sent_at=Now(),
            seconds_worked=F("seconds_worked") + worked,
        )
        send(task)


def renew(task: Task, worked: timedelta) -> None:
    """It got on: keep the lease and add up the time worked. Raises Lost when the task is not this worker's any more."""
    mine = Task.objects.filter(pk=task.pk, state=TaskState.RUNNING, claim=task.claim)
    kept = mine.filter(cancel_requested_at__isnull=True).update(
        **lease(), seconds_worked=F("seconds_worked") + worked.total_seconds(), tries=0
    )
    if not kept:
        raise Lost
    task.seconds_worked += worked.total_seconds()
    task.tries = 0


@action(Event.TASK_RESUMED)
def resume(actor: Person | str, task: Task, *, why: Stored) -> Task:
    """Back to the queue: every ask is answered, or its worker is gone. Raises Lost when that worker is back."""
    _unrenewed(task)
    _requeue(task, why=why, after="" if isinstance(actor, str) else str(actor))
    send(task)
    return task


@action(Event.TASK_RESUMED)
def take_over(actor: str, task: Task, *, why: Stored) -> Task:
    """Back to the queue, by a worker that takes it from there itself. Raises Lost when the former one is back."""
    _unrenewed(task)
    _requeue(task, why=why)
    return task


@action(Event.TASK_RESUMED)
def give_back(actor: str, task: Task, *, why: Stored) -> Task:
    """Back to the queue, by the worker that has it. Raises Lost when it has it no more."""
    _requeue(task, why=why)
    send(task)
    return task


@action(Event.TASK_PUT_OFF)
def put_off(actor: str, task: Task, *, why: Stored, seconds: float, worked: float = 0.0) -> Task:
    """Back to the queue for so long: what it needs is away for now, and no worker waits for it. Raises Lost.

    The clock sends its message when the time has come: a broker that held it until then could lose it.
    """
    wait = timedelta(seconds=seconds)
    move(
        task,
        TaskState.QUEUED,
        worker="",
        lease_until=None,
        waits=storable(why),
        due_at=Now() + wait,
        sent_at=Now() + wait,
        tries=F("tries") + 1,
        seconds_waited=F("seconds_waited") + seconds,
        seconds_worked=F("seconds_worked") + worked,
    )
    places.left(task)
    detail(why=public(why), seconds=round(seconds))
    return task


def _unrenewed(task: Task) -> None:
    """Raises Lost where its worker has renewed its lease since ``task`` was read."""
    rows = Task.objects.filter(pk=task.pk, lease_until=task.lease_until)
    if not rows.select_for_update(no_key=True).values_list("pk").first():
        raise Lost(f"{task} is being worked on again")


def _requeue(task: Task, *, why: Stored, after: str = "") -> None:
    move(task, TaskState.QUEUED, worker="", lease_until=None, sent_at=Now())
    detail(why=why, after=after)


@action(Event.TASK_SHARED)
def share(actor: Person, task: Task, *, reader: Person | None) -> TaskShare:
    """Let ``reader``, or the agent's managers (None), see this one task. The share ends by itself."""
    if reader is not None and (reader.pk == task.person_id or not reader.is_active):
        raise ValidationError({"reader": f"{reader} cannot see this task. Write a colleague's e-mail."})
    mine = TaskShare.objects.filter(task=task, reader=reader, ended_at__isnull=True)
    mine.select_for_update().update(ended_at=timezone.now())
    made = TaskShare(task=task, reader=reader, until=timezone.now() + SHARED_FOR)
    made.save()
    detail(reader=str(reader or task.agent), until=made.until.isoformat())
    return made


@action(Event.TASK_UNSHARED)
def unshare(actor: Person, task: Task, *, share: TaskShare) -> Task:
    if not task.shares.open().filter(pk=share.pk).update(ended_at=timezone.now()):
        raise ValidationError("This share has already ended.")
    detail(reader=str(share.reader or task.agent))
    return task


@action(Event.TASK_KEPT)
def keep(actor: Person, task: Task) -> Task:
    """Its texts stay for a year from now. Raises ValidationError when they have gone already."""
    held = Task.objects.filter(pk=task.pk, texts_gone_at__isnull=True)
    if not held.update(keep_until=timezone.now() + LONGER):
        raise ValidationError("The texts of this task were removed already.")
    task.refresh_from_db()
    return task


@action(Event.TASK_LET_GO)
def let_go(actor: Person, task: Task) -> Task:
    """Its texts go when their time is over; the coming night, where it is over already."""
    Task.objects.filter(pk=task.pk).update(keep_until=None)
    task.refresh_from_db()
    return task
