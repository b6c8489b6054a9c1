"""The main job without a browser: one admin, one owner, one agent, one mailbox, one real Celery worker."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db.models import Count
from django.utils import timezone

from agents.approvals.models import Approval
from agents.connections import actions as connections
from agents.connectors.mail.importing import import_folder
from agents.grants import actions as grants
from agents.grants.actions import Terms
from agents.queue import actions as tasks
from agents.queue.models import Call, Task
from agents.queue.states import TaskState
from agents.queue.sweep import sweep
from agents.registry import actions as registry
from agents.runtime import providers
from agents.sample.company import LABELS, TRIAGE
from portal import broker
from portal.audit.models import Entry
from portal.audit.record import PORTAL
from portal.people import actions as people
from portal.people.models import Person
from portal.teams import actions as teams

Say = Callable[[str], None]
# A mailbox of thousands of messages takes more steps than an agent's ordinary limits allow.
LIMITS: dict[str, Any] = {"max_steps": 5_000, "max_tokens": 500_000_000, "max_seconds": 24 * 3600}


@dataclass(frozen=True, slots=True)
class Report:
    """What came of it. ``errors``: why, by the message's name. ``cost`` in dollars, None: not priced."""

    messages: int
    labelled: int
    drafted: int
    calls: dict[str, int]
    waiting: int
    tokens: int
    cost: float | None
    entries: int
    seconds: float
    errors: dict[str, str]
    ended: bool

    @property
    def complete(self) -> bool:
        """Was every message handled, or named with its reason?"""
        return self.ended and self.labelled + len(self.errors) >= self.messages

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if name != "ended"}

    def in_words(self) -> str:
        calls = ", ".join(f"{number} {verdict}" for verdict, number in self.calls.items())
        lines = [
            f"{self.messages} messages: {self.labelled} labelled, {self.drafted} drafts, {self.waiting} waiting asks",
            f"calls: {calls}; {self.entries} entries in the trail; {self.tokens:,} tokens; {self.seconds:.1f} s",
            *(f"not handled: {name}: {reason}" for name, reason in self.errors.items()),
        ]
        return "\n".join(lines)


def demo(source: Path, *, timeout: int, say: Say) -> Report:
    """Do the whole job on a copy of ``source``. Leaves nothing running."""
    began = time.monotonic()
    say("Setting up a database of its own")
    call_command("migrate", verbosity=0)
    broker.ensure()
    place = Path(settings.MAIL_ROOT) / "demo"
    place.parent.mkdir(parents=True, exist_ok=True)
    imported = import_folder(source, place)
    say(f"Copied {imported.messages} messages")
    task = _queued(place, say)
    with _worker():
        _wait(task, imported.messages, timeout, say)
    return _report(task, imported.messages, imported.errors, time.monotonic() - began)


def _queued(place: Path, say: Say) -> Task:
    """Everything that people do before the worker begins: register, request, decide, queue."""
    admin = people.create_first_admin("Ada Osei", "ada.osei@example.com", "only for this demonstration")
    owner: Person = people.invite(PORTAL, email="mia.park@example.com", display_name="Mia Park")
    team = teams.create(PORTAL, name="Support")
    teams.add_member(PORTAL, team, person=owner)
    mailbox = connections.add(
        admin,
        kind="mail",
        name="Mailbox",
        team=team,
        settings={"path": str(place), "address": "support@example.com"},
    )
    chat = connections.add(admin, kind="chat", name="Portal chat", team=team, settings={})
    agent = registry.register(
        owner, name="Inbox triage", purpose="Sorts a mailbox", team=team, model=providers.default(), **LIMITS
    )
    registry.go_live(owner, agent)
    labels = Terms(limits={"label": {"only": list(LABELS)}})
    until = timezone.now() + timedelta(days=1)
    mail = {"mail.list": Terms(), "mail.read": Terms(), "mail.label": labels, "mail.draft": Terms()}
    for connection, wanted in ((mailbox, mail), (chat, {"chat.post": Terms()})):
        asked = grants.request(
            owner, agent=agent, connection=connection, wanted=wanted, ends_at=until, why="Triage"
        )
        granted = {row.pk: wanted[row.capability] for row in asked.grants.all()}
        grants.decide(admin, asked, granted=granted, ends_at=until)
        say(f"Granted {', '.join(wanted)} on {connection} until {until:%d %B %H:%M} UTC")
    return tasks.queue(owner, agent, instruction=TRIAGE)


@contextmanager
def _worker() -> Iterator[None]:
    """One Celery worker process; its log is in the portal's folder."""
    log = Path(settings.PORTAL_HOME) / "worker.log"
    command = [sys.executable, "-m", "celery", "-A", "portal", "worker", "--concurrency", "1"]
    options = ["--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    with log.open("wb") as file:
        process = subprocess.Popen(
            [*command, *options], cwd=settings.BASE_DIR, stdout=file, stderr=subprocess.STDOUT
        )
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait(task: Task, messages: int, timeout: int, say: Say) -> None:
    """Until the task ends or waits for a person. Does beat's work, and says how far it is when that changes."""
    deadline, told, swept = time.monotonic() + timeout, "", time.monotonic()
    while time.monotonic() < deadline:
        task.refresh_from_db()
        done = dict(_done(task).values_list("capability").annotate(Count("pk")))
        line = f"read {done.get('mail.read', 0)}, labelled {done.get('mail.label', 0)} of {messages}"
        if line != told:
            say(line)
            told = line
        if task.ended or task.state == TaskState.WAITING:
            say(f"The task: {task.get_state_display().lower()}")
            return
        if time.monotonic() - swept > 15:
            sweep()
            swept = time.monotonic()
        time.sleep(0.5)
    say(f"No end after {timeout} seconds")


def _done(task: Task) -> Any:
    return Call.objects.filter(task=task, state=Call.State.DONE)


def _report(task: Task, messages: int, not_copied: dict[str, str], seconds: float) -> Report:
    calls = Call.objects.filter(task=task)
    verdicts = dict(calls.values_list("verdict").annotate(Count("pk")))
    labelled = set(_done(task).filter(capability="mail.label").values_list("arguments__message", flat=True))
    errors = dict(not_copied)
    for row in calls.exclude(state=Call.State.DONE).filter(capability__in=["mail.read", "mail.label"]):
        if (message := row.arguments.get("message")) not in labelled:
            errors[str(message)] = row.summary or " ".join(reason["text"] for reason in row.reasons)
    if task.reason:
        errors["task"] = task.reason
    return Report(
        messages=messages + len(not_copied),
        labelled=len(labelled),
        drafted=_done(task).filter(capability="mail.draft").count(),
        calls={verdict: verdicts.get(verdict, 0) for verdict in ("allow", "ask", "deny")},
        waiting=Approval.objects.open().filter(call__task=task).count(),
        tokens=task.tokens,
        cost=None if task.cost_micros is None else task.cost_micros / 1_000_000,
        entries=Entry.objects.count(),
        seconds=round(seconds, 1),
        errors=errors,
        ended=task.state in (TaskState.SUCCEEDED, TaskState.WAITING),
    )
