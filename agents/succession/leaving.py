"""Lists what ends when a person leaves, for the page that asks first; ends tasks when a person leaves a team."""

from django.db.models import Q

from agents.approvals.models import Approval
from agents.grants.models import Grant, GrantRequest
from agents.lifecycle.tasks import cancel_barred
from agents.queue.models import Task
from agents.registry.models import Agent
from agents.schedules.models import Schedule
from portal.people.models import Person
from portal.words import plural

ONE = {
    "stop": "stops",
    "pause": "pauses",
    "end": "ends",
    "wait": "waits",
    "be": "is",
    "it": "it",
    "its": "its",
}
MANY = {
    "stop": "stop",
    "pause": "pause",
    "end": "end",
    "wait": "wait",
    "be": "are",
    "it": "them",
    "its": "their",
}


def consequences(person: Person) -> list[str]:
    """One line for each kind of thing, with how many there are now; none where there are none."""
    affected = Q(agent__owner=person) | Q(connection__person=person)
    agents = Agent.objects.filter(owner=person).exclude(state=Agent.State.RETIRED)
    tasks = Task.objects.filter(person=person).under_way()
    others = Task.objects.filter(agent__owner=person).exclude(person=person).under_way()
    schedules = Schedule.objects.on().filter(person=person)
    asks = Approval.objects.filter(call__task__person=person).open()
    grants = Grant.objects.filter(affected, state=Grant.State.ACTIVE)
    requests = GrantRequest.objects.filter(requested_by=person).open()
    waiting = (
        "of other people with these agents {wait} until the agent works again, or {end} at {its} next step."
    )
    kinds = (
        (agents, "agent", "of theirs {stop}, unless you choose a new owner below."),
        (tasks, "open task", "of theirs {end}. You can offer {it} to a successor below."),
        (others, "task", waiting),
        (schedules, "schedule", "of theirs {pause}. Nobody else can let {it} go on."),
        (asks, "ask", "of their tasks {be} closed without an answer."),
        (grants, "grant", "of these agents, or on their own connections, {be} suspended."),
        (requests, "request", "of theirs for access {be} closed."),
    )
    counted = [(rows.count(), noun, words) for rows, noun, words in kinds]
    return [
        f"{plural(number, noun)} {words.format(**(ONE if number == 1 else MANY))}"
        for number, noun, words in counted
        if number
    ]


def membership_ended(actor: Person | str, person: Person) -> None:
    """Called inside the end of a membership: tasks for agents that the person had by the team alone end."""
    cancel_barred(Task.objects.filter(person=person))
