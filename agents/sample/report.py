"""Reports a demo message by message: labelled, or the reason why not."""

from dataclasses import asdict, dataclass, field
from typing import Any

from django.db.models import Count, QuerySet

from agents.approvals.models import Approval
from agents.connectors.plugins import Demo, Inbox
from agents.queue.models import Call, Task
from agents.queue.states import TaskState
from portal.audit.models import Entry
from portal.reasons import render_reason


@dataclass(frozen=True, slots=True)
class Report:
    """``errors``: why, by the source file's name (or ``task``), with “(draft)” where its
    answer failed. ``skipped``: files that are none of it, and why.
    ``cost`` in dollars, None: not priced.

    ``complete``: the task came to its end, and the outcome of every message is known.
    """

    messages: int
    labelled: int
    drafted: int
    calls: dict[str, int]
    waiting: int
    tokens: int
    cost: float | None
    entries: int
    seconds: float
    errors: dict[str, str] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    complete: bool = False

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if name != "complete"}

    def in_words(self) -> str:
        calls = ", ".join(f"{number} {verdict}" for verdict, number in self.calls.items())
        lines = [
            f"{self.messages} messages: {self.labelled} labelled, {self.drafted} drafts, {self.waiting} waiting asks",
            f"calls: {calls}; {self.entries} entries in the trail; {self.tokens:,} tokens; {self.seconds:.1f} s",
            *(f"not handled: {name}: {reason}" for name, reason in self.errors.items()),
            *([f"skipped {len(self.skipped)}, which are no messages:"] if self.skipped else []),
            *(f"- {name}: {reason}" for name, reason in self.skipped.items()),
        ]
        return "\n".join(lines)


def report(task: Task, job: Demo, found: Inbox, trouble: str, seconds: float) -> Report:
    """``trouble``: why the demo did not wait for the task's end."""
    task.refresh_from_db()
    calls = Call.objects.filter(task=task)
    verdicts = dict(calls.values_list("verdict").annotate(Count("pk")))
    labelled = set(done(task).filter(capability=job.handle).values_list(f"arguments__{job.thing}", flat=True))
    failed = _failed(calls, job)
    errors, unreached = dict(found.errors), 0
    for message, name in found.names.items():
        if message in labelled:
            continue
        if message in failed:
            errors[name] = failed[message]
        elif message in found.labels:
            errors[name] = f"It came with the label “{found.labels[message][0]}” and was left as it is."
        else:
            errors[name] = "The agent did not get to it."
            unreached += 1
    for message, why in _failed_drafts(calls, job).items():
        errors[f"{found.names.get(message, message)} (draft)"] = why
    if said := trouble or render_reason(task.reason):
        errors["task"] = said
    return Report(
        messages=len(found.names) + len(found.errors),
        labelled=len(labelled & set(found.names)),
        drafted=done(task).filter(capability=job.draft).count(),
        calls={verdict: verdicts.get(verdict, 0) for verdict in ("allow", "ask", "deny")},
        waiting=Approval.objects.open().filter(call__task=task).count(),
        tokens=task.tokens,
        cost=None if task.cost_micros is None else task.cost_micros / 1_000_000,
        entries=Entry.objects.count(),
        seconds=round(seconds, 1),
        errors=errors,
        skipped=dict(found.skipped),
        complete=not unreached and task.state in (TaskState.SUCCEEDED, TaskState.WAITING),
    )


def done(task: Task) -> QuerySet[Call]:
    return Call.objects.filter(task=task, state=Call.State.DONE)


def _failed(calls: QuerySet[Call], job: Demo) -> dict[str, str]:
    """Why a message was not read or not labelled, by its id; of several reasons the last."""
    rows = calls.exclude(state=Call.State.DONE).filter(capability__in=[job.read, job.handle]).order_by("id")
    return {str(row.arguments.get(job.thing)): _why_not(row) for row in rows}


def _failed_drafts(calls: QuerySet[Call], job: Demo) -> dict[str, str]:
    """Why an answer was not drafted, by the id of its message. One that waits for a person has not failed."""
    waits = [Call.State.DONE, Call.State.ASKED, Call.State.STARTED, Call.State.LATER, Call.State.AWAITED]
    rows = calls.exclude(state__in=waits).filter(capability=job.draft).order_by("id")
    return {str(row.arguments.get(job.answers)): _why_not(row) for row in rows}


def _why_not(row: Call) -> str:
    return row.outcome or render_reason(row.reasons)
