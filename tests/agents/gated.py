"""A running task with grants, calls of it through the gate, and a connector that does as a test says."""

import email
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django import forms

from agents import gate
from agents.connections.models import Connection
from agents.connectors import connectors
from agents.connectors.base import CallContext, Checked, ConnectionContext, Connector, Result
from agents.connectors.results import Awaited, Ended
from agents.grants.actions import Terms
from agents.grants.models import Grant
from agents.policy.declarations import Argument, Capability, Effect, Output, Role
from agents.queue.models import Call, Step, Task
from agents.registry.models import Agent
from tests import builders
from tests.agents import transcripts
from tests.cast import Cast


class Died(BaseException):
    """The worker's process ends here: nothing catches this, as nothing catches ``kill -9``."""


@dataclass
class Scene:
    """Mia's agent with every mail capability and ``chat.post``, in the middle of a task."""

    cast: Cast
    agent: Agent
    box: Connection
    chat: Connection
    task: Task
    step: Step
    made: int = 0

    def call(self, capability: str, on: Connection | None = None, **arguments: Any) -> Call:
        """A new call."""
        self.made += 1
        place = on or (self.chat if capability.startswith("chat.") else self.box)
        return self.repeat(self.made, capability, place, arguments)

    def again(self, row: Call) -> Call:
        """The same call, as a worker makes it that goes on with the task."""
        return self.repeat(row.position, row.capability, row.connection, row.arguments)

    def repeat(self, position: int, capability: str, place: Connection | None, arguments: dict) -> Call:
        made = gate.call(
            self.task,
            self.step,
            position,
            tool_call_id=f"call-{position}",
            tool_name=capability.replace(".", "_"),
            capability=capability,
            connection=place.pk if place else None,
            arguments=arguments,
        )
        made.refresh_from_db()
        return made

    def first_call(self) -> Call:
        return Call.objects.get(task=self.task)

    def grant(self, capability: str) -> Grant:
        return Grant.objects.get(agent=self.agent, capability=capability)

    def message(self) -> str:
        """The id of a message in the mailbox."""
        place = Path(self.box.settings["path"])
        return next(f.name.partition(":")[0] for part in ("new", "cur") for f in (place / part).iterdir())

    def drafts(self) -> list[Any]:
        place = Path(self.box.settings["path"]) / ".Drafts" / "cur"
        files = sorted(place.iterdir()) if place.is_dir() else []
        return [email.message_from_bytes(file.read_bytes()) for file in files]

    def draft(self, to: str = "customer@example.org") -> Call:
        return self.call("mail.draft", to=[to], subject="Re: Hello", text="Thank you.")

    def post(self, text: str = "Hello") -> Call:
        return self.call("chat.post", to=self.cast.lea.email, text=text)


def scene(cast: Cast) -> Scene:
    agent, box = builders.triage(cast)
    room = builders.chat(cast.ada, cast.support)
    builders.grant(agent, room, "chat.post", by=cast.ada, terms=Terms(always_ask=True))
    task = transcripts.running(cast.mia, agent, f"Sort the inbox, then post to {cast.lea.email}")
    return Scene(cast, agent, box, room, task, transcripts.step(task))


@pytest.fixture
def here(cast: Cast) -> Scene:
    return scene(cast)


def _capability(name: str, effect: Effect) -> Capability:
    text = Argument("text", Role.CONTENT, "Text", required=False)
    return Capability(name, f"be strange: {name}", name, effect, (text,), Output())


class NoSettings(forms.Form):
    pass


@dataclass
class Strange(Connector):
    """What it performs and how it reconciles are functions that a test puts here; ``done`` are the keys."""

    kind: ClassVar[str] = "strange"
    title: ClassVar[str] = "Strange"
    description: ClassVar[str] = "Does as a test says."
    icon: ClassVar[str] = "beaker"
    settings_form: ClassVar[type[forms.Form]] = NoSettings
    capabilities: ClassVar[tuple[Capability, ...]] = (
        _capability("strange.read", Effect.READ),
        _capability("strange.write", Effect.WRITE),
        _capability("strange.destroy", Effect.DESTRUCTIVE),
    )

    performs: Callable[[CallContext], Result | Awaited] = lambda context: Result({"ok": True}, "Did it")
    reconciles: Callable[[CallContext], Result | None] = lambda context: None
    sees: Callable[[Any], Awaited | Ended] = lambda cursor: Awaited("its end")
    done: list[str] = field(default_factory=list)

    def check(self, connection: ConnectionContext) -> Checked:
        return Checked("here")

    def perform(self, connection: ConnectionContext, context: CallContext) -> Result | Awaited:
        result = self.performs(context)
        self.done.append(context.key)
        return result

    def reconcile(self, connection: ConnectionContext, context: CallContext) -> Result | None:
        return self.reconciles(context)

    def look(self, connection: ConnectionContext, context: CallContext, cursor: Any) -> Awaited | Ended:
        return self.sees(cursor)


def strange(cast: Cast, agent: Agent, monkeypatch: Any) -> tuple[Strange, Connection]:
    """The connector, known to the portal for this test, and a connection on which the agent may do all of it."""
    connector = Strange()
    monkeypatch.setitem(connectors(), "strange", connector)
    place = builders.connections.add(cast.ada, kind="strange", name="Strange", team=cast.support, settings={})
    for capability in connector.capabilities:
        builders.grant(agent, place, capability.name, by=cast.ada)
    return connector, place
