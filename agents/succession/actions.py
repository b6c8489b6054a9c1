"""Verbs for a person who leaves: what happens to their agents, tasks, grants and requests; offers of tasks."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from agents.authority import barred
from agents.connections.models import Connection
from agents.connections.signing_in import sign_out_of
from agents.events import Event
from agents.grants import actions as grants
from agents.grants.models import Grant, GrantRequest
from agents.lifecycle.agents import hand_over_agent, pause_agent
from agents.lifecycle.grants import suspend_grant
from agents.lifecycle.tasks import cancel_barred
from agents.openings import actions as openings
from agents.openings.models import Opening
from agents.queue import actions as tasks
from agents.queue.models import Task
from agents.registry.models import Agent
from agents.schedules import leaving as schedules
from agents.stops.holding import stops, while_stopping
from agents.succession.models import Handover
from portal.audit.record import PORTAL, action, detail
from portal.notices.people import others, who
from portal.notices.telling import settle, tell
from portal.people.models import Person
from portal.reasons import because


@stops
@action(Event.OWNER_LEFT)
def person_left(actor: Person | str, person: Person, chosen: Mapping[str, Any]) -> Person:
    """Called inside the deactivation of a person. ``chosen``: successors by the names of ``SuccessorForm``'s fields.

    Their agents go to a successor or stop, their tasks end (a successor may be offered them), what they asked for is
    closed, and grants on their own connections are suspended, also those of other people's agents. What they allowed at
    a provider ends.
    """
    while_stopping()
    schedules.person_left(person)
    offered = list(Task.objects.filter(person=person).under_way().select_related("agent").order_by("pk"))
    for agent in Agent.objects.filter(owner=person).exclude(state=Agent.State.RETIRED):
        if successor := chosen.get(f"agent-{agent.pk}"):
            hand_over_agent(actor, agent, owner=successor)
        else:
            pause_agent(PORTAL, agent, cause=because("agent_owner_gone", who=str(person)))
    for task in offered:
        if successor := chosen.get(f"tasks-{task.agent_id}"):
            offer(actor, task, to=successor)
    cancel_barred(Task.objects.filter(person=person))
    theirs = Q(agent__owner=person) | Q(connection__person=person)
    for grant in Grant.objects.filter(theirs, state=Grant.State.ACTIVE).select_related("agent", "connection"):
        suspend_grant(PORTAL, grant, cause=because("who_left", who=str(person)))
    for connection in Connection.objects.filter(person=person):
        sign_out_of(PORTAL, connection)
    for opening in Opening.objects.filter(connection__person=person, ended_at__isnull=True):
        openings.end(PORTAL, opening)
    for asked in GrantRequest.objects.filter(requested_by=person).open():
        grants.withdraw(PORTAL, asked, cause=because("asker_left", who=str(person)))
    theirs_to_answer = Handover.objects.open().filter(to=person)
    settle(list(theirs_to_answer))
    theirs_to_answer.update(state=Handover.State.DECLINED, answered_at=timezone.now())
    return person


@action(Event.TASK_OFFERED)
def offer(actor: Person | str, task: Task, *, to: Person) -> Handover:
    """Let somebody who operates the agent decide whether the task begins anew as theirs. Raises ValidationError."""
    if barred(to.pk, task.agent_id):
        raise ValidationError(f"{to} may not use {task.agent}, so its tasks cannot be handed over to them.")
    by = actor if isinstance(actor, Person) else None
    detail(task=task.pk, to=str(to))
    made = Handover.objects.create(task=task, to=to, offered_by=by)
    told: dict[str, Any] = {
        "who": who(actor),
        "task": task.pk,
        "whose": str(task.person),
        "agent": str(task.agent),
    }
    tell(others([to], actor), "task.offered", made, made.get_absolute_url(), **told)
    return made


@action(Event.TASK_TAKEN_OVER)
def take_over(actor: Person, handover: Handover) -> Handover:
    """Queue the task's words as the successor's own: they have read them. Raises ValidationError.

    Its envelope is what the task had, as far as the agent has that for the successor: never another person's mailbox.
    """
    _answerable(actor, handover)
    task = handover.task
    handover.became = tasks.queue(
        actor,
        task.agent,
        instruction=task.instruction,
        attached=task.attached,
        attended=task.attended,
        envelope=handover.envelope,
    )
    return _answered(handover, Handover.State.TAKEN)


@action(Event.TASK_DECLINED)
def decline(actor: Person, handover: Handover) -> Handover:
    _answerable(actor, handover)
    return _answered(handover, Handover.State.DECLINED)


def _answerable(actor: Person, handover: Handover) -> None:
    """Locks the row, so that two clicks queue one task."""
    now = Handover.objects.select_for_update(of=("self",)).get(pk=handover.pk)
    if now.to_id != actor.pk:
        raise ValidationError("This task is offered to somebody else, so you cannot answer.")
    if handover.task.person.erased_at:
        raise ValidationError("The instruction of this task was erased, so nobody can take it over.")
    if now.state != Handover.State.OPEN:
        raise ValidationError(f"This was answered already: {now.get_state_display().lower()}.")


def _answered(handover: Handover, state: Handover.State) -> Handover:
    settle(handover)
    handover.state, handover.answered_at = state, timezone.now()
    handover.save(update_fields=["state", "answered_at", "became"])
    return handover
