"""Rows that tests begin with, made through the portal's own verbs. Every default is the ordinary case."""

import mailbox
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from agents.connections import actions as connections
from agents.connections.models import Connection
from agents.grants import actions as grants
from agents.grants.actions import Terms
from agents.grants.models import Grant
from agents.queue.models import Task
from agents.registry import actions as registry
from agents.registry.models import Agent
from portal.people.models import Person
from portal.teams.models import Team
from tests.cast import Cast, untouched
from tests.copies import Copies


def agent(
    owner: Person, team: Team, *, name: str = "Inbox triage", live: bool = True, **fields: Any
) -> Agent:
    made = registry.register(
        owner,
        name=name,
        purpose=fields.pop("purpose", "Sorts the shared mailbox"),
        team=team,
        model=fields.pop("model", "offline:rules"),
        **fields,
    )
    if live:  # as after a first yes: each grant while it is live is the yes on its connection
        Agent.objects.filter(pk=made.pk).update(mode=Agent.Mode.LIVE, live_by=owner, live_at=timezone.now())
        made.refresh_from_db()
    return made


def maildir(name: str = "support", messages: Mapping[str, str] | None = None) -> Path:
    """A Maildir below MAIL_ROOT with ``messages`` (subject to text)."""
    path = Path(settings.MAIL_ROOT) / name
    shutil.rmtree(path, ignore_errors=True)  # of the test before
    path.parent.mkdir(parents=True, exist_ok=True)
    box = mailbox.Maildir(path, create=True)
    for subject, text in (messages or {}).items():
        box.add(
            f"From: Customer <customer@example.org>\nTo: support@example.com\nSubject: {subject}\n\n{text}\n"
        )
    return path


def mail(admin: Person, team: Team, path: Path | None = None, *, name: str = "Support mailbox") -> Connection:
    place = path or maildir(name.lower().replace(" ", "-"))
    return connections.add(
        admin,
        kind="mail",
        name=name,
        team=team,
        settings={"path": str(place), "address": "support@example.com"},
    )


def own_mail(person: Person, *, name: str = "My mailbox") -> Connection:
    """A personal mailbox: the folder below MAIL_ROOT that is named by the person's e-mail."""
    path = maildir(person.email)
    return connections.add(
        person, kind="mail", name=name, settings={"path": str(path), "address": person.email}
    )


def chat(admin: Person, team: Team, *, name: str = "Portal chat") -> Connection:
    return connections.add(admin, kind="chat", name=name, team=team, settings={})


def deployments(admin: Person, team: Team, *, name: str = "Shop releases") -> Connection:
    """A service “shop” of which one version was deployed to staging. Its repository is gone."""
    from agents.connectors.deploy.releases.records import Place, Record, Release  # it may be deleted

    root = Path(settings.DEPLOY_ROOT) / "shop"
    shutil.rmtree(root, ignore_errors=True)  # of the test before
    root.mkdir(parents=True)
    place = Place(root / "shop" / "staging")
    place.make()
    release, at = Release("v1-aaaaaaaaaaaa", "v1", "a" * 40), "2026-11-01T12:00:00+00:00"
    job = {"name": "switch", "state": "succeeded", "began": at, "ended": at}
    run = Record(1, "key", "start", "shop", "staging", release, began=at)
    place.write(replace(run, state="succeeded", ended=at, switched=True, jobs=(job,)))
    told = {"folder": "shop", "services": f"shop = {root / 'gone'}", "environments": "staging, production"}
    return connections.add(admin, kind="deploy", name=name, team=team, settings=told)


def slack(admin: Person, team: Team, *, name: str = "Sample Slack") -> Connection:
    """Of a workspace that does not answer."""
    return connections.add(
        admin,
        kind="slack",
        name=name,
        team=team,
        settings={"api": "http://127.0.0.1:9/api/", "outside": False},
        secret={"bot": "xoxb-sample", "signing": "sample"},
    )


def memory(admin: Person, team: Team, *, name: str = "Team memory") -> Connection:
    return connections.add(admin, kind="memory", name=name, team=team, settings={})


def grant(
    agent: Agent,
    connection: Connection,
    capability: str,
    *,
    by: Person,
    terms: Terms | None = None,
    days: int = 7,
) -> Grant:
    """A live grant: asked for by the agent's owner, granted by ``by``."""
    ends_at = timezone.now() + timedelta(days=days)
    asked = grants.request(
        agent.owner,
        agent=agent,
        connection=connection,
        wanted={capability: terms or Terms()},
        ends_at=ends_at,
        why="to do its job",
    )
    row = asked.grants.get()
    grants.decide(by, asked, granted={row.pk: terms or Terms()}, ends_at=ends_at)
    row.refresh_from_db()
    return row


def unnarrowed(task: Task) -> Task:
    """The task without an envelope, as those before there were any: for tests that are about something else."""
    Task.objects.filter(pk=task.pk).update(envelope=None)
    task.envelope = None
    return task


# What a granter opens knowingly, so that the offline model's sorting asks nobody: any label, any folder, any draft.
OPENED: dict[str, dict[str, Any]] = {
    "mail.label": {"label": {"only": ["*"]}},
    "mail.move": {"folder": {"only": ["*"]}},
    "mail.draft": {"to": {"only": ["*"]}, "subject": {"words": "any"}, "text": {"words": "any"}},
}


def triage(
    cast: Cast, messages: Mapping[str, str] | None = None, *, opened: bool = False
) -> tuple[Agent, Connection]:
    """Mia's live triage agent with every mail capability granted by Ada on the support mailbox."""
    path = maildir("support", messages or {"Hello": "How are you?"})
    if messages is None and untouched(cast):
        return _triages(path, opened, cast).one(cast)
    return _triage(cast, path, opened=opened)


def _triages(path: Path, opened: bool, cast: Cast) -> Copies[tuple[Agent, Connection]]:
    if (path, opened) not in _copies:
        _copies[path, opened] = Copies(partial(_triage, path=path, opened=opened), cast)
    return _copies[path, opened]


_copies: dict[tuple[Path, bool], Copies[tuple[Agent, Connection]]] = {}


def _triage(cast: Cast, path: Path, *, opened: bool) -> tuple[Agent, Connection]:
    one = agent(cast.mia, cast.support)
    box = mail(cast.ada, cast.support, path)
    for capability in box.connector.capabilities:
        limits = OPENED.get(capability.name, {}) if opened else {}
        grant(one, box, capability.name, by=cast.ada, terms=Terms(limits=limits))
    return one, box
