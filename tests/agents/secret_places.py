"""Connections with secrets for ``test_secrets_stay``: of every kind one, and mailboxes on real servers."""

import importlib
import logging
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from agents import gate
from agents.connections import actions
from agents.connections.access import Access
from agents.connections.models import Connection
from agents.connectors import connectors
from agents.connectors.base import CallContext, Checked, ConnectionContext, ConnectorError, Result
from agents.connectors.mail.tests.servers import secret_servers
from agents.registry.models import Agent
from tests import builders
from tests.agents import playgrounds, transcripts
from tests.agents.gated import Strange
from tests.agents.playgrounds import Playground
from tests.cast import Cast

SECRET = playgrounds.SECRET
LEAKY = {"strange.write": ["writes", "breaks"], "strange.read": ["fails", "reads"]}
Given = dict[str, list[dict[str, Any]]]


class Leaky(Strange):
    """What a library or a server may do: repeat what it was sent, in every place that a connector has."""

    kind = "strange"
    secret_title = "Key"

    def check(self, connection: ConnectionContext) -> Checked:
        logging.getLogger("a.library").warning("signing in with %s", connection.secret)
        return Checked(f"hello {connection.secret}", {"strange.write": f"not for {connection.secret}"})

    def perform(self, connection: ConnectionContext, call: CallContext) -> Result:
        match call.arguments["text"]:
            case "fails":
                raise ConnectorError(f"wrong key: {connection.secret}")
            case "breaks":
                raise RuntimeError(f"broken at {connection.secret}")
        return Result({"sent": [connection.secret], connection.secret: 1}, f"did it as {connection.secret}")

    def reconcile(self, connection: ConnectionContext, call: CallContext) -> Result | None:
        raise ConnectorError(f"cannot tell with {connection.secret}")


class Places:
    """``missing``: why a kind has none here, by its name."""

    def __init__(self, cast: Cast, folder: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cast, self.folder, self.settings, self.patch = cast, folder, settings, monkeypatch
        self.missing: dict[str, str] = {}
        self.kinds = {**connectors(), "strange": Leaky()}

    def made(self, stack: ExitStack) -> Iterator[tuple[Connection, Given]]:
        for kind, connector in self.kinds.items():
            self.patch.setitem(connectors(), kind, connector)
            if kind == "strange":
                arguments = {name: [{"text": text} for text in texts] for name, texts in LEAKY.items()}
                yield self._added(kind, ConnectionContext(1, "My strange", {})), arguments
                continue
            module = importlib.import_module(f"agents.connectors.{kind}.tests.playground")
            if hasattr(module, "make_cast"):
                self.patch.setattr(module, "make_cast", lambda: self.cast)
            try:
                ground = playgrounds.made(kind, self.folder / kind, self.settings)
            except pytest.skip.Exception as reason:
                self.missing[kind] = str(reason)
                continue
            Agent.objects.filter(name="Inbox triage").update(name=f"Another of {kind}")
            yield self._added(kind, ground.connection, f"My {kind}"), _arguments(ground)
        yield from self._on_servers(stack)

    def _on_servers(self, stack: ExitStack) -> Iterator[tuple[Connection, Given]]:
        """A password, one that the server refuses, and a person's own sign-in."""
        try:
            grounds = stack.enter_context(secret_servers(self.settings, SECRET))
        except pytest.skip.Exception as reason:
            self.missing["mail on a server"] = str(reason)
            return
        for name, ground in grounds.items():
            own = self.cast.mia if name == "token" else None
            place = self._added("mail", ground.connection, f"On a server: {name}", own=own)
            if own:
                row = Access(connection=place, person=own, provider="gmail", account=own.email)
                row.keep({"access": f"{SECRET}-access", "refresh": f"{SECRET}-refresh"})
                row.token_ends_at = timezone.now() + timedelta(hours=1)
                row.save()
            yield place, _arguments(ground)

    def _added(
        self, kind: str, at: ConnectionContext, name: str = "My strange", own: Any = None
    ) -> Connection:
        several = {one.name: f"{SECRET}-{one.name}" for one in self.kinds[kind].secrets}
        secret: Any = several or at.secret or ("" if own else SECRET)
        team = None if own else self.cast.support
        place = actions.add(
            own or self.cast.ada, kind=kind, name=name, team=team, settings=at.settings, secret=secret
        )
        return actions.allow_inside(self.cast.ada, place, places=[str(network) for network in at.inside])


def _arguments(ground: Playground) -> Given:
    return {name: [dict(given)] for name, given in ground.arguments.items()}


def run(cast: Cast, place: Connection, arguments: Given) -> None:
    """Every capability through the gate, in a task of Mia's."""
    agent = builders.agent(cast.mia, cast.support, name=f"Agent of {place.name}")
    for capability in place.connector.capabilities:
        builders.grant(agent, place, capability.name, by=place.person or cast.ada)
    words = [str(value) for several in arguments.values() for given in several for value in given.values()]
    task = transcripts.running(cast.mia, agent, f"Do all that you can, with {' '.join(words)}")
    position = 0
    for capability, several in arguments.items():
        for given in several:
            position += 1
            gate.call(
                task,
                transcripts.step(task, position),
                0,
                tool_call_id=f"call-{position}",
                tool_name=capability.replace(".", "_"),
                capability=capability,
                connection=place.pk,
                arguments=given,
            )
