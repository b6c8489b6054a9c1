"""The red bars above a page: active stops that touch it, with who stopped what, why, and who lifts it."""

from collections.abc import Callable, Iterator

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse

from agents.approvals.models import Approval
from agents.approvals.unclear import Unclear
from agents.connectors import catalogue
from agents.grants.models import Grant, GrantRequest
from agents.links import waiting
from agents.queue.models import Call, Step
from agents.schedules.models import Run, Schedule
from agents.stops.models import Stop, StopQuerySet
from agents.stops.touching import Subject, touching, touching_work_of
from portal.parts import Bar
from portal.people.models import Person

MOST = 3  # bars of one page; the rest is on the page of the stops


def _agent(pk: int) -> Subject:
    return Subject(agents=Q(pk=pk))


def _connection(pk: int) -> Subject:
    return Subject(connections=Q(pk=pk))


def _task(pk: int) -> Subject:
    return Subject(tasks=Q(pk=pk))


def _grant(pk: int) -> Subject:
    rows = Grant.objects.filter(pk=pk)
    return Subject(agents=Q(pk__in=rows.values("agent")), connections=Q(pk__in=rows.values("connection")))


def _request(pk: int) -> Subject:
    rows = GrantRequest.objects.filter(pk=pk)
    return Subject(agents=Q(pk__in=rows.values("agent")), connections=Q(pk__in=rows.values("connection")))


def _schedule(pk: int) -> Subject:
    return Subject(agents=Q(pk__in=Schedule.objects.filter(pk=pk).values("agent")))


def _run(pk: int) -> Subject:
    return Subject(agents=Q(pk__in=Run.objects.filter(pk=pk).values("schedule__agent")))


def _ask(pk: int) -> Subject:
    return Subject(tasks=Q(pk__in=Approval.objects.filter(pk=pk).values("call__task")))


def _unclear(pk: int) -> Subject:
    return Subject(tasks=Q(pk__in=Unclear.objects.filter(pk=pk).values("call__task")))


def _step(pk: int) -> Subject:
    return Subject(tasks=Q(pk__in=Step.objects.filter(pk=pk).values("task")))


def _call(pk: int) -> Subject:
    return Subject(tasks=Q(pk__in=Call.objects.filter(pk=pk).values("task")))


# What the ``pk`` in the address of a room's pages names; by the name of a page where it names something else there.
ROOMS: dict[str, Callable[[int], Subject]] = {
    "registry": _agent,
    "connections": _connection,
    "queue": _task,
    "grants": _grant,
    "schedules": _schedule,
    "approvals": _ask,
}
PAGES: dict[str, Callable[[int], Subject]] = {
    "queue:new": _agent,
    "queue:plan": _agent,
    "queue:step": _step,
    "queue:call": _call,
    "grants:new": _agent,
    "grants:of": _agent,
    "grants:end-of": _agent,
    "grants:renewal": _agent,
    "grants:on": _connection,
    "grants:end-on": _connection,
    "grants:request": _request,
    "grants:decision": _request,
    "grants:withdrawal": _request,
    "schedules:new": _agent,
    "schedules:late": _run,
    "approvals:unclear": _unclear,
    "approvals:unclear-answer": _unclear,
    "approvals:unclear-look": _unclear,
    "openings:new": _connection,
}
# These pages say it themselves, with what still runs.
SAID_THERE = {"registry:detail": "agent", "connections:detail": "connection"}


def bars(request: HttpRequest) -> Iterator[Bar]:
    """No query where nothing is stopped that the page could be about (the rail's statement counts that), else one."""
    match = request.resolver_match
    page = match.view_name if match else ""
    pk = match.kwargs.get("pk") if match else None
    subject_of = PAGES.get(page, ROOMS.get(page.partition(":")[0])) if pk is not None else None
    waits = waiting(request)
    if not (waits.stops if subject_of or page == "home" else waits.of_everything):
        return
    found = _found(request, page, pk, subject_of(pk) if subject_of and pk is not None else Subject())
    order = list(Stop.Scope)
    rows = sorted(found.order_by("-id")[: MOST + 1], key=lambda stop: order.index(Stop.Scope(stop.scope)))
    yield from (_bar(stop) for stop in rows[:MOST])
    if len(rows) > MOST:
        yield Bar("More is stopped.", url=reverse("stops:list"))


def _found(request: HttpRequest, page: str, pk: int | None, subject: Subject) -> StopQuerySet:
    person: Person = request.user  # type: ignore[assignment]
    if page == "home":
        return touching_work_of(person)
    if page == "stops:list":  # all are there already
        return Stop.objects.none()
    found = touching(person, subject)
    if field := SAID_THERE.get(page):
        found = found.exclude(**{f"{field}__isnull": False, field: pk})
    return found


def _bar(stop: Stop) -> Bar:
    more = "Something that had started may still be running. " if stop.confirmed_at is None else ""
    return Bar(
        title=_title(stop),
        text=stop.because,
        by=f"Stopped by {stop.who}",
        at=stop.set_at,
        quiet=more + stop.lifts,
        url=stop.link,
    )


def _title(stop: Stop) -> str:
    match stop.scope:
        case Stop.Scope.CONNECTION:
            return f"The connection {stop.connection} is stopped: no agent can use it."
        case Stop.Scope.CAPABILITY:
            known = catalogue().get(stop.capability)
            name = f"{stop.capability} ({known.title})" if known else stop.capability
            return f"No agent can use {name}: it is stopped everywhere."
        case Stop.Scope.AGENT:
            return f"{stop.agent} is stopped: it does nothing."
        case Stop.Scope.TASK:
            return f"Task {stop.task_id} is being stopped."
    return "Everything is stopped: no agent does anything."
