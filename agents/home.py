"""The agents app's parts of the start page: what waits for the person, tasks, and grants that end soon."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from agents.approvals.models import Approval
from agents.approvals.unclear import Unclear
from agents.connections.models import Connection
from agents.grants.models import Grant, GrantRequest
from agents.nights.digest import digest
from agents.nights.now import clock
from agents.nights.pack import sections
from agents.pages.connections.queries import uses_by_others
from agents.pages.queue.queries import recent
from agents.registry.models import Agent
from agents.schedules.models import Run, Schedule
from agents.stops.models import Stop
from agents.succession.models import Handover
from portal.parts import HomePart
from portal.people.models import Person
from portal.teams.models import Team

SHOWN = 5  # rows of each part; the rest is a click away
SOON = 7  # days


def parts(request: HttpRequest) -> Iterable[HomePart]:
    """Those that have something to say to the person, in the order of who waits for whom."""
    person: Person = request.user  # type: ignore[assignment]
    asks = Approval.objects.answerable_by(person).for_reading().open().order_by("expires_at", "id")
    unclear = Unclear.objects.answerable_by(person).for_reading().open().order_by("expires_at", "id")
    handovers = Handover.objects.visible_to(person).open().for_reading()
    requests = GrantRequest.objects.to_decide_by(person).with_parts().order_by("id")
    return [
        *_counted("_asks", asks, "asks", order=0),
        *_counted("_unclear", unclear, "unclear", order=1),
        *_stopped(person),
        *_counted("_handovers", handovers, "handovers", order=4),
        *_connections(person),
        *_schedules(person),
        *_night(person),
        *_counted("_decisions", requests, "requests", order=5),
        *_tasks(person),
        *_uses(person),
        *_ending(person),
    ]


def _counted(template: str, rows: QuerySet[Any], name: str, order: int) -> Iterator[HomePart]:
    """The first of these rows as ``name``, and how many there are."""
    if count := rows.count():
        context = {name: list(rows[:SHOWN]), f"{name}_count": count}
        yield HomePart(f"agents/home/{template}.html", context, order=order, count=count)


def _stopped(person: Person) -> Iterator[HomePart]:
    """Runaway agents, for their owner."""
    stops = list(Stop.objects.active().filter(runaway=True, agent__owner=person).for_reading())
    if stops:
        yield HomePart("agents/home/_stopped.html", {"stops": stops}, order=3, count=len(stops))


def _connections(person: Person) -> Iterator[HomePart]:
    """For who looks after them: those that broke, work again, or whose credentials end soon."""
    mine = Connection.objects.managed_by(person).to_tell(timezone.now())
    found = list(mine.order_by(F("broken_at").asc(nulls_last=True), "secret_ends_at", "pk")[:SHOWN])
    if found:
        need = sum(one.broken_at is not None or one.ends_soon for one in found)
        context = {"connections": found, "count": need}
        yield HomePart("agents/home/_connections.html", context, order=4, count=need)


def _schedules(person: Person) -> Iterator[HomePart]:
    """Those that paused by themselves, and late runs that wait for an answer."""
    mine = Schedule.objects.visible_to(person)
    paused = list(mine.filter(state=Schedule.State.PAUSED).for_reading().order_by("-state_at")[:SHOWN])
    late = list(Run.objects.visible_to(person).filter(state=Run.State.ASKS).for_reading()[:SHOWN])
    if paused or late:
        context = {"paused": paused, "late": late}
        yield HomePart("agents/home/_schedules.html", context, order=4, count=len(paused) + len(late))


def _night(person: Person) -> Iterator[HomePart]:
    """From the evening's hour on tonight's pack, where it has something to clear; from the morning's the night."""
    now = timezone.now()
    told = clock(person, now)
    if told.evening:
        found = sections(person, now, told.coming)
        items = [item for section in found for item in section.items if item.clearable]
        if items:
            context = {"items": items[:SHOWN], "number": len(items), "clock": told}
            yield HomePart("agents/home/_evening.html", context, order=1, count=len(items))
    elif Schedule.objects.visible_to(person).exists():
        night = digest(person, told.last)
        if not night.empty:
            yield HomePart("agents/home/_morning.html", {"digest": night}, order=1)


def _tasks(person: Person) -> Iterator[HomePart]:
    tasks = recent(person)
    if tasks["tasks"]:
        yield HomePart("agents/home/_tasks.html", tasks, order=10)
    elif (agents := Agent.objects.operable_by(person).exists()) or Team.objects.of(person).exists():
        # Who is in no team cannot begin: an agent belongs to a team of its owner.
        yield HomePart("agents/home/_begin.html", {"has_agents": agents}, order=10)


def _uses(person: Person) -> Iterator[HomePart]:
    """The person's own connections in tasks of others, so that no use stays unseen."""
    since = timezone.now() - timedelta(days=SOON)
    if uses := uses_by_others(Connection.objects.filter(person=person), since)[:SHOWN]:
        yield HomePart("agents/home/_uses.html", {"uses": uses}, order=15)


def _ending(person: Person) -> Iterator[HomePart]:
    """For people who manage or own the agent, or requested the grant."""
    managed = Agent.objects.managed_by(person)
    theirs = Q(agent__in=managed.values("pk")) | Q(agent__owner=person) | Q(request__requested_by=person)
    rows = Grant.objects.visible_to(person).ending_within(SOON).filter(theirs).with_people()
    if found := list(rows.with_successor()[:SHOWN]):
        renewable = set(managed.filter(pk__in={row.agent_id for row in found}).values_list("pk", flat=True))
        yield HomePart("agents/home/_ending.html", {"grants": found, "renewable": renewable}, order=20)
