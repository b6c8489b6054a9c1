"""Lists what ends when a person leaves, for the page that asks first; ends tasks when a person leaves a team."""

from django.db.models import Q

from agents.approvals.models import Approval
from agents.grants.models import Grant, GrantRequest
from agents.lifecycle.tasks import cancel_barred
from agents.queue.models import Task
from agents.registry.models import Agent
from portal.people.models import Person
from portal.words import plural


def consequences(person: Person) -> list[str]:
    """One line for each kind of thing, with how many there are now; none where there are none."""
    grants = Grant.objects.filter(state=Grant.State.ACTIVE)
    lines = (
        (
            Agent.objects.filter(owner=person).exclude(state=Agent.State.RETIRED),
            "{} of theirs stops, unless you choose a new owner below.",
            "{} of theirs stop, unless you choose a new owner below.",
            "agent",
        ),
        (
            Task.objects.filter(person=person).under_way(),
            "{} of theirs ends. You can offer it to a successor below.",
            "{} of theirs end. You can offer them to a successor below.",
            "open task",
        ),
        (
            Task.objects.filter(agent__owner=person).exclude(person=person).under_way(),
            "{} of other people with these agents waits until the agent works again, or ends at its next step.",
            "{} of other people with these agents wait until the agent works again, or end at their next step.",
            "task",
        ),
        (
            Approval.objects.filter(call__task__person=person).open(),
            "{} of their tasks is closed without an answer.",
            "{} of their tasks are closed without an answer.",
            "ask",
        ),
        (
            grants.filter(Q(agent__owner=person) | Q(connection__person=person)),
            "{} of these agents, or on their own connections, is suspended.",
            "{} of these agents, or on their own connections, are suspended.",
            "grant",
        ),
        (
            GrantRequest.objects.filter(requested_by=person).open(),
            "{} of theirs for access is closed.",
            "{} of theirs for access are closed.",
            "request",
        ),
    )
    counted = ((rows.count(), one, several, noun) for rows, one, several, noun in lines)
    return [(one if n == 1 else several).format(plural(n, noun)) for n, one, several, noun in counted if n]


def membership_ended(actor: Person | str, person: Person) -> None:
    """Called inside the end of a membership: tasks for agents that the person had by the team alone end."""
    cancel_barred(Task.objects.filter(person=person))
