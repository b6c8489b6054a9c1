"""Runs the demo: one admin, one owner, one agent, one mailbox, one real Celery worker."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db.models import Count
from django.utils import timezone

from agents.connectors.base import ConnectorError
from agents.connectors.plugins import AgentsPlugin, Demo, Inbox
from agents.queue import actions as tasks
from agents.queue.models import Task
from agents.queue.states import TaskState
from agents.registry import actions as registry
from agents.sample import company
from agents.sample.report import Report, done, report
from agents.sweep import sweep
from portal import broker, plugins
from portal.accounts import actions as people
from portal.audit.record import PORTAL
from portal.people.models import Person
from portal.teams import actions as teams
from portal.up.children import Child, Children
from portal.words import plural

Say = Callable[[str], None]
# A mailbox of thousands of messages takes more steps than an agent's ordinary limits allow.
LIMITS: dict[str, Any] = {"max_steps": 5_000, "max_tokens": 500_000_000, "max_seconds": 24 * 3600}
DEATHS = 4  # of a worker in a row, then there is no use in a fifth


def demo(source: Path | str, *, timeout: int, say: Say, secret: str = "") -> Report:
    """Do the whole job on a copy of ``source``, or at that address itself, which is reached with ``secret``.

    Leaves nothing running. Raises ConnectorError: nothing to copy.
    """
    began = time.monotonic()
    job = next((job for plugin in plugins.of_kind(AgentsPlugin) for job in plugin.demo), None)
    if job is None:
        raise ConnectorError("No connector here has a demo.")
    if isinstance(source, Path):
        place, found = job.copy(source)
        say(f"Copied {plural(len(found.names), 'message')}")
    elif job.reach is None:
        raise ConnectorError("The demo can do its job on a copy only.")
    else:
        place, found = job.reach(source, secret)
        say(f"Found {plural(len(found.names), 'message')}. Labels and drafts are made there; nothing is sent")
    if found.skipped:
        first = ", ".join(list(found.skipped)[:5]) + (" …" if len(found.skipped) > 5 else "")
        say(f"Skipped {plural(len(found.skipped), 'file')}: {first}")
    say("Setting up a database of its own")
    broker.ensure()
    with _worker(say) as workers:  # it takes as long to start as the tables take to be made
        call_command("migrate", verbosity=0)
        task = _queued(job, place, secret, say)
        trouble = _wait(task, job, found, workers, timeout, say)
    return report(task, job, found, trouble, time.monotonic() - began)


def _queued(job: Demo, settings: Mapping[str, Any], secret: str, say: Say) -> Task:
    """Everything that people do before the worker begins: register, request, decide, queue."""
    admin = people.create_first_admin("Ada Osei", "ada.osei@example.com", "only for this demonstration")
    owner: Person = people.invite(PORTAL, email="mia.park@example.com", display_name="Mia Park")
    team = teams.create(PORTAL, name="Support")
    teams.add_member(PORTAL, team, person=owner)
    agent = company.register(company.first_job(), owner, team, **LIMITS)
    brought = [
        (kind, sample, settings, secret) if kind == job.kind else (kind, sample, sample.settings(), "")
        for kind, sample in company.samples()
        if sample.agent is None
    ]
    company.connect(agent, admin, brought, until=timezone.now() + timedelta(days=1), say=say)
    registry.go_live(admin, agent)
    return tasks.queue(owner, agent, instruction=company.first_job().task)


@contextmanager
def _worker(say: Say) -> Iterator[Children]:
    """The worker process that ``up`` runs too; it ends with us, however we end. Its log is in the portal's folder."""
    workers = Children(Path(settings.PORTAL_HOME), say)
    try:
        workers.start(Child("worker", ["worker"]))
        yield workers
    finally:
        for child in workers.all:
            child.bury()


def _wait(task: Task, job: Demo, found: Inbox, workers: Children, timeout: int, say: Say) -> str:
    """Until the task ends or waits for a person; else why not. Does beat's work, and says how far it is."""
    deadline, told, swept = time.monotonic() + timeout, "", time.monotonic()
    while time.monotonic() < deadline:
        task.refresh_from_db()
        counts = dict(done(task).values_list("capability").annotate(Count("pk")))
        read, labelled = counts.get(job.read, 0), counts.get(job.handle, 0)
        line = f"read {read}, labelled {labelled} of {len(found.names)}"
        if line != told:
            say(line)
            told = line
        if task.ended or task.state == TaskState.WAITING:
            say(f"The task: {task.get_state_display().lower()}")
            return ""
        workers.look()
        if any(child.deaths >= DEATHS for child in workers.all):
            return f"The worker process ended {DEATHS} times: {_last_words(workers.home)}"
        if time.monotonic() - swept > 15:
            sweep()
            swept = time.monotonic()
        time.sleep(0.5)
    return f"It took longer than {timeout} seconds; --timeout allows more."


def _last_words(home: Path) -> str:
    lines = (home / "logs" / "worker.log").read_text(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
