"""The agents app's links in the navigation, and its counts beside them."""

from collections.abc import Iterator
from typing import NamedTuple

from django.http import HttpRequest
from django.urls import reverse

from agents.approvals.models import Approval
from agents.approvals.unclear import Unclear
from agents.grants.models import GrantRequest
from agents.permissions import AgentsPermission
from agents.stops.models import Stop
from agents.stops.touching import active
from portal.compiled import Counts
from portal.parts import Addition, Link
from portal.people.models import Person

WAITING = Counts(
    lambda person, now: Approval.objects.answerable_by(person).open(now),
    lambda person, now: Unclear.objects.answerable_by(person).open(now),
    lambda person, now: GrantRequest.objects.sent_to(person, now),
    for_all=[
        lambda person, now: active(),
        lambda person, now: active().filter(scope=Stop.Scope.EVERYTHING),
    ],
)


class Waiting(NamedTuple):
    """How many asks, unclear calls and requests wait for the person; how many stops are active, and how many of these
    stop everything."""

    asks: int
    unclear: int
    requests: int
    stops: int
    of_everything: int


def waiting(request: HttpRequest) -> Waiting:
    """In one statement, once for each request."""
    if not hasattr(request, "agents_waiting"):
        request.agents_waiting = Waiting(*WAITING.of(request.user))  # type: ignore[attr-defined, arg-type]
    return request.agents_waiting  # type: ignore[attr-defined, no-any-return]


def links(request: HttpRequest) -> Iterator[Link | Addition]:
    person: Person = request.user  # type: ignore[assignment]
    asks, unclear, requests, _, _ = waiting(request)
    # Who may still ask takes longer to plan than all else here, and most people are asked nothing.
    to_decide = GrantRequest.objects.to_decide_by(person).count() if requests else 0
    yield Addition("home", count=asks + unclear, under=("/asks/", "/nights/"))
    yield Link("Agents", reverse("registry:list"), "cpu-chip", 10, under=("/gallery/",))
    yield Link("Tasks", reverse("queue:list"), "queue-list", 20)
    yield Link("Schedules", reverse("schedules:list"), "calendar-days", 25)
    yield Link("Grants", reverse("grants:inbox"), "key", 30, count=to_decide)
    yield Link("Connections", reverse("connections:list"), "link", 40)
    if person.has_perm(AgentsPermission.STOP_ALL):
        yield Link("Emergency stop", reverse("stops:list"), "stop-circle", 60)
