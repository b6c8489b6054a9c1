"""Pages of tasks: queue one, the list, one task live and step by step, one step, one call, stop it."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from agents.approvals.display import describe_ask
from agents.approvals.models import Approval
from agents.approvals.unclear import Unclear
from agents.card.card import card
from agents.gallery.needs import lacking
from agents.lifecycle.tasks import cancel_task
from agents.pages.queue.forms import TaskFilter, TaskForm
from agents.pages.queue.queries import past_costs, readable, recent, used
from agents.permissions import AgentPermission, TaskPermission
from agents.queue import actions, claims, order, places, retention, task_facts
from agents.queue.envelopes import Pair, of
from agents.queue.examples import chosen, examples
from agents.queue.forms import LONGEST
from agents.queue.models import Call, CallQuerySet, Step, Task
from agents.queue.outcomes import outcomes
from agents.queue.states import TaskState
from agents.queue.story import Line, folded, listed, note, story, version
from agents.queue.wakes import Wake
from agents.registry.models import Agent
from agents.schedules.models import Run
from agents.stops.forms import StopForm
from agents.stops.holding import held
from agents.stops.models import Stop
from metering.budgets.queries import holds, of_task
from portal.access import PersonRequest, may, requires, signed_in
from portal.answers import attempt, refusals_on
from portal.pages import get_or_post, page, paged
from portal.reasons import OTHERS, YOU, Reader


@signed_in
def list_(request: PersonRequest) -> HttpResponse:
    form = TaskFilter(request.user, request.GET)
    tasks = form.among(Task.objects.visible_to(request.user)).for_lists()
    context = {
        "form": form,
        "agent": form.cleaned_data.get("agent"),
        "filtered": any(request.GET.get(name) for name in form.fields),
        "page_obj": (found := paged(request, tasks)),
        "live": any(not task.ended for task in found),
    }
    return page(request, "agents/queue/list.html", context, part="rows")


@signed_in
def latest(request: PersonRequest) -> HttpResponse:
    """The start page's part on tasks, by itself: it refreshes from here."""
    return page(request, "agents/queue/latest.html", recent(request.user), part="latest-tasks")


@requires(AgentPermission.OPERATE, on=Agent)
def new(request: PersonRequest, agent: Agent) -> HttpResponse:
    words, envelope = _prefilled(request, agent)
    form = TaskForm(agent, request.user, request.POST or None, instruction=words, chosen=envelope)
    look = False
    if request.method == "POST" and form.is_valid() and not (look := not form.looked_at):
        with refusals_on(form):
            return redirect(actions.queue(request.user, agent, **form.given()))
    context = {
        "agent": agent,
        "form": form,
        "look": look,
        "examples": examples(agent, request.user),
        "lacks": (lacks := lacking(agent, request.user)),
        "requestable": any(not lack.asked for lack in lacks),
        "card": card(agent),
        "manages": may(request.user, AgentPermission.MANAGE, agent),
        "costs": past_costs(agent, request.user),
        "stopped": Stop.objects.ending(agent.pk).for_reading().order_by("-scope").first(),
    }
    return page(request, "agents/queue/new.html", context, part="needs", status=422 if form.errors else 200)


def _prefilled(request: PersonRequest, agent: Agent) -> tuple[str, frozenset[Pair] | None]:
    """The words of an own task that is queued again, with what that one could use, or of an example of this page.

    Words in the form count as the person's own, so none may come from the address.
    """
    again, example = request.GET.get("again", ""), request.GET.get("example", "")
    if again.isdecimal():
        own = Task.objects.filter(person=request.user, pk=int(again[:18])).first()
        if own is not None:
            envelope = own.envelope
            return own.instruction, None if envelope is None else frozenset((n, c) for n, c in envelope)
    return chosen(agent, request.user, example), None


@requires(AgentPermission.OPERATE, on=Agent)
@require_POST
def plan(request: PersonRequest, agent: Agent) -> HttpResponse:
    """What the words typed so far need. Posted: an address ends in logs."""
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("queue:new", agent.pk)
    form = TaskForm(agent, request.user, instruction=request.POST.get("instruction", "")[:LONGEST])
    form.keep_edits(request.POST)
    return page(request, "agents/queue/new.html", {"agent": agent, "form": form}, part="needs")


@requires(TaskPermission.VIEW, on=Task)
def detail(request: PersonRequest, task: Task) -> HttpResponse:
    seen, now = request.GET.get("seen", ""), version(task)
    if request.htmx and seen == now:  # type: ignore[attr-defined]
        return HttpResponse(status=204)
    own, before = task.person_id == request.user.pk, request.GET.get("before", "")
    first = int(before[:9]) if before.isdecimal() else None
    context = {
        "task": task,
        "own": own,
        "version": now,
        "turned": seen.partition(".")[0] not in ("", task.state),
        "before": first,
        "story": story(task, first),
        **_asked(request, task),
        "wakes": [] if task.ended else list(Wake.objects.open().of(task).select_related("call__connection")),
        "used": used(task, own=own),
        "budgets": of_task(str(task.pk), request.user),
        **_holding(task),
        **_ending(task, YOU if own else OTHERS),
        "may_stop": not task.ended and may(request.user, TaskPermission.STOP, task),
        "may_queue": own and may(request.user, AgentPermission.OPERATE, task.agent),
        "outcomes": outcomes(task) if own else None,
        **_beside(request, task, own=own),
    }
    return page(request, "agents/queue/detail.html", context, part="task")


@requires(TaskPermission.VIEW, on=Task)
@require_POST
def opened(request: PersonRequest, task: Task) -> HttpResponse:
    """A person has had the task's page before them for a moment. The page itself sends it, but no prefetch counts."""
    if request.htmx and "prefetch" not in request.headers.get("Sec-Purpose", ""):  # type: ignore[attr-defined]
        task_facts.opened(task, request.user)
    return HttpResponse(status=204)


def _asked(request: PersonRequest, task: Task) -> dict[str, Any]:
    """What waits for a person: its asks, and calls that may or may not have happened, also after it has ended."""
    asks = Approval.objects.visible_to(request.user).for_reading().filter(call__task=task).open()
    unclear = Unclear.objects.visible_to(request.user).for_reading().filter(call__task=task).open()
    return {
        "asks": [] if task.ended else [describe_ask(ask, request.user) for ask in asks],
        "unclear": list(unclear),
    }


def _holding(task: Task) -> dict[str, Any]:
    """What keeps a task from going on (spent budgets, a stop, no worker), and how long its texts are kept."""
    queued = task.state == TaskState.QUEUED
    return {
        "spent": holds(task.agent_id) if queued else [],
        "held": held(task) if queued else None,
        "gone": claims.gone(task),
        **(_in_queue(task) if queued else {}),
        "kept_days": retention.content_kept().days,
        "texts_until": retention.texts_until(task),
        "kept_longer": retention.kept_longer(task),
    }


def _in_queue(task: Task) -> dict[str, Any]:
    """Its place in the queue, and when it probably starts."""
    place = order.place(task)
    within = order.probably_within(place)
    told = {"place": place, "starts": within and timezone.now() + within}
    return told | {"before_it": places.before_it(task)}


def _ending(task: Task, reader: Reader) -> dict[str, Any]:
    """Why it was not finished, or is tried again later; by whose stop; who else sees it."""
    stop = task.stops.for_reading().first() if task.state == TaskState.CANCELLED else None
    shares = task.shares.open().select_related("reader", "task__agent") if reader.own else []
    return {"why": task.why(reader), "waits": task.put_off_because(reader), "stop": stop, "shares": shares}


def _beside(request: PersonRequest, task: Task, *, own: bool) -> dict[str, Any]:
    """On the whole page only: what it may use, its schedule, and the agent's card for people who may still see that."""
    if request.htmx:  # type: ignore[attr-defined]
        return {}
    seen = may(request.user, AgentPermission.VIEW, task.agent)
    run = Run.objects.filter(task=task).for_reading().first() if own else None
    return {"envelope": of(task), "card": card(task.agent) if seen else None, "run": run}


@requires(TaskPermission.STOP, on=Task, through="stoppable_by")
@get_or_post
def cancel(request: PersonRequest, task: Task) -> HttpResponse:
    form = StopForm(request.POST if request.method == "POST" else None)
    if not task.ended and not form.is_valid():
        context = {"task": task, "form": form, "own": task.person_id == request.user.pk}
        return page(request, "agents/queue/stop.html", context, status=422 if form.errors else 200)
    why = form.cleaned_data["why"] if form.is_valid() else ""
    attempt(request, "Stopped. The task does nothing more.", cancel_task, request.user, task, why=why)
    return redirect(task if may(request.user, TaskPermission.VIEW, task) else "queue:list")


@requires(TaskPermission.VIEW, on=Step)
def step(request: PersonRequest, step: Step) -> HttpResponse:
    """Every call of one step by itself; for htmx those like the call ``?like=``."""
    calls: Sequence[Call] | CallQuerySet = listed(Call.objects.filter(step=step)).order_by("position")
    like = request.GET.get("like", "")
    if like.isdecimal():
        calls = next((line.calls for line in folded(calls) if line.call.pk == int(like[:18])), ())
    context = {
        "step": step,
        "own": step.task.person_id == request.user.pk,
        "page_obj": (found := paged(request, calls, 100)),
        "lines": [Line((call,)) for call in found],
    }
    return page(request, "agents/queue/step.html", context, part="calls")


@requires(TaskPermission.VIEW, on=Call)
def call(request: PersonRequest, call: Call) -> HttpResponse:
    """Arguments, reasons and result in full: for the task's own person."""
    context = {
        "call": call,
        "arguments": readable(call.arguments),
        "note": note(call),
        "result": readable(call.result) if call.result is not None else "",
        "took": call.finished_at - call.started_at if call.finished_at and call.started_at else None,
    }
    return page(request, "agents/queue/call.html", context, part="facts")
