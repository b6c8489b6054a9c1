"""The agents' figures for monitoring: the queue, asks, decisions, lost claims, trouble of models and budgets."""

from collections.abc import Callable, Iterable, Mapping

from django.db.models import F, Min
from django.db.models.functions import Coalesce, Greatest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from agents.approvals.models import Approval
from agents.connections.heard import heard, listened
from agents.events import Event
from agents.hearing.wanted import wanted
from agents.queue.models import Task
from agents.queue.states import AT_WORK, TaskState
from agents.stops.holding import free
from portal.sessions import database_now

AT_MOST = 10_000  # rows of one kind that a scrape looks at: more are told as so many
DECISIONS = {
    Event.CALL_ALLOWED: "allow",
    Event.CALL_ASKED: "ask",
    Event.CALL_DENIED: "deny",
    Event.CALL_WOULD: "would",
}
TROUBLE = (Event.TASK_PUT_OFF, Event.TASK_FAILED)

Counted = Mapping[tuple[str, str], int]


def metrics(counted: Counted) -> Iterable[Metric]:
    yield from (_tasks(), _oldest(), _asks(), _hearing())
    yield _total(
        "agent_calls",
        "Calls by decision.",
        counted,
        lambda event, code: DECISIONS.get(event, ""),  # type: ignore[call-overload]
        label="decision",
    )
    yield _total(
        "agent_claims_lost",
        "Tasks whose worker was gone.",
        counted,
        lambda event, code: "yes" if (event, code) == (Event.TASK_RESUMED, "worker_gone") else "",
    )
    yield _total(
        "agent_model_errors",
        "Tasks that waited or failed for trouble of a model.",
        counted,
        lambda event, code: code if event in TROUBLE and code.startswith(("model_", "answer_")) else "",
        label="reason",
    )
    yield _total(
        "agent_budget_refusals",
        "Tasks that a budget or their own cost limit ended.",
        counted,
        lambda event, code: code if event in TROUBLE and code.startswith(("budget", "limit_cost")) else "",
        label="reason",
    )


def _tasks() -> Metric:
    family = GaugeMetricFamily(
        "agent_tasks", f"Tasks under way, at most {AT_MOST} counted of each state.", labels=["state"]
    )
    for state in (TaskState.QUEUED, *AT_WORK, TaskState.WAITING):
        family.add_metric([state], Task.objects.filter(state=state).order_by()[:AT_MOST].count())
    return family


def _oldest() -> Metric:
    """Of what no stop holds back: how long the longest has waited for a worker since it came into the queue."""
    since = Greatest(F("changed_at"), Coalesce("due_at", "changed_at"))
    rows = free(Task.objects.due()).order_by("sent_at").values("pk")[:AT_MOST]
    first = Task.objects.filter(pk__in=rows).aggregate(at=Min(since))["at"]
    waited = max(0.0, (database_now() - first).total_seconds()) if first else 0.0
    return GaugeMetricFamily("agent_oldest_due_seconds", "How long the oldest due task waits.", value=waited)


def _asks() -> Metric:
    waiting = Approval.objects.open().order_by()[:AT_MOST].count()
    return GaugeMetricFamily("agent_asks_waiting", "Asks that wait for an answer.", value=waiting)


def _hearing() -> Metric:
    """Connections that there is something to hear of, those that a process has taken, those that are heard."""
    family = GaugeMetricFamily(
        "agent_connections_heard", "Connections that are listened to, by how far that is.", labels=["state"]
    )
    there = [one.connection for one in wanted()]
    for state, number in {
        "wanted": len(there),
        "taken": len(listened(there)),
        "heard": len(heard(there)),
    }.items():
        family.add_metric([state], number)
    return family


def _total(name: str, says: str, counted: Counted, of: Callable[[str, str], str], label: str = "") -> Metric:
    """The entries that ``of`` gives a value for the label, added up."""
    totals: dict[str, int] = {}
    for (event, code), number in counted.items():
        if value := of(event, code):
            totals[value] = totals.get(value, 0) + number
    if not label:
        return CounterMetricFamily(name, says, value=sum(totals.values()))
    family = CounterMetricFamily(name, says, labels=[label])
    for value, number in sorted(totals.items()):
        family.add_metric([value], number)
    return family
