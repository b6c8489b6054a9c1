"""What came of a demo, message by message: every one is labelled, or named with the reason why not."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.db.models import Count, QuerySet

from agents.approvals.models import Approval
from agents.connectors.mail.folders import INBOX
from agents.connectors.mail.importing import ImportReport
from agents.connectors.mail.maildir import Maildir
from agents.queue.models import Call, Task
from agents.queue.states import TaskState
from portal.audit.models import Entry
from portal.reasons import told


@dataclass(frozen=True, slots=True)
class Inbox:
    """``names``: the source's file by a message's id; ``labels`` it had before; ``errors``: what was not copied."""

    names: dict[str, str]
    labels: dict[str, list[str]]
    errors: dict[str, str]


def inbox(imported: ImportReport, place: Path) -> Inbox:
    """The messages that are to be sorted: of a Maildir with folders, those that lie in none."""
    mailbox = Maildir(place)
    stored = mailbox.messages(INBOX)
    labels = {message.id: found for message in stored if (found := mailbox.labels(message))}
    return Inbox(
        {message.id: imported.names.get(message.id, message.id) for message in reversed(stored)},
        labels,
        imported.errors,
    )


@dataclass(frozen=True, slots=True)
class Report:
    """``errors``: why, by the source file's name (or ``task``). ``cost`` in dollars, None: not priced.

    ``complete``: the task came to its end, and of every message it is known what became of it.
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
    complete: bool = False

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if name != "complete"}

    def in_words(self) -> str:
        calls = ", ".join(f"{number} {verdict}" for verdict, number in self.calls.items())
        lines = [
            f"{self.messages} messages: {self.labelled} labelled, {self.drafted} drafts, {self.waiting} waiting asks",
            f"calls: {calls}; {self.entries} entries in the trail; {self.tokens:,} tokens; {self.seconds:.1f} s",
            *(f"not handled: {name}: {reason}" for name, reason in self.errors.items()),
        ]
        return "\n".join(lines)


def report(task: Task, found: Inbox, trouble: str, seconds: float) -> Report:
    """``trouble``: why nobody waited for the task's end."""
    task.refresh_from_db()
    calls = Call.objects.filter(task=task)
    verdicts = dict(calls.values_list("verdict").annotate(Count("pk")))
    labelled = set(done(task).filter(capability="mail.label").values_list("arguments__message", flat=True))
    failed = _failed(calls)
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
    if said := trouble or told(task.reason):
        errors["task"] = said
    return Report(
        messages=len(found.names) + len(found.errors),
        labelled=len(labelled & set(found.names)),
        drafted=done(task).filter(capability="mail.draft").count(),
        calls={verdict: verdicts.get(verdict, 0) for verdict in ("allow", "ask", "deny")},
        waiting=Approval.objects.open().filter(call__task=task).count(),
        tokens=task.tokens,
        cost=None if task.cost_micros is None else task.cost_micros / 1_000_000,
        entries=Entry.objects.count(),
        seconds=round(seconds, 1),
        errors=errors,
        complete=not unreached and task.state in (TaskState.SUCCEEDED, TaskState.WAITING),
    )


def done(task: Task) -> QuerySet[Call]:
    return Call.objects.filter(task=task, state=Call.State.DONE)


def _failed(calls: QuerySet[Call]) -> dict[str, str]:
    """Why a message was not read or not labelled, by its id; of several reasons the last."""
    rows = (
        calls.exclude(state=Call.State.DONE).filter(capability__in=["mail.read", "mail.label"]).order_by("id")
    )
    return {str(row.arguments.get("message")): row.outcome or told(row.reasons) for row in rows}
