"""Socket Mode against a server that speaks Slack's envelopes: the same events, stored before they are acknowledged."""

import json
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, Queue
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from agents.connectors.base import ConnectionContext, ConnectorError, Unavailable
from agents.connectors.slack.arriving import socket_mode
from agents.connectors.slack.arriving.models import Arrival
from agents.connectors.slack.connector import Slack
from agents.connectors.slack.credentials import APP
from agents.connectors.slack.tests.answers import Answering, answering
from agents.connectors.slack.tests.incoming import event, nowhere
from portal.outgoing.inside import networks
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
MENTION = {"type": "app_mention", "user": "U1", "text": "<@UAPP> sort", "channel": "C1", "ts": "1.1"}
HELLO = {"type": "hello", "num_connections": 1}
CLOSE = "close"


@dataclass
class Sockets:
    """``scripts``: what each socket sends, one after the other; ``acks``: what came back."""

    slack: Answering
    address: str
    scripts: "Queue[list[Any]]" = field(default_factory=Queue)
    acks: "Queue[dict[str, Any]]" = field(default_factory=Queue)
    opened: list[str] = field(default_factory=list)

    def speak(self, socket: ServerConnection) -> None:
        self.opened.append(socket.request.path if socket.request else "")
        for told in self.scripts.get(timeout=10):
            if told == CLOSE:
                return
            socket.send(told if isinstance(told, str | bytes) else json.dumps(told))
            if isinstance(told, dict) and "envelope_id" in told:
                try:
                    self.acks.put(json.loads(socket.recv(timeout=5)))
                except (TimeoutError, ConnectionClosed):
                    return
        with suppress(ConnectionClosed):
            socket.recv()  # until the other side goes


@pytest.fixture
def sockets() -> Iterator[Sockets]:
    with answering() as slack:
        found = Sockets(slack, "")
        with serve(found.speak, "127.0.0.1", 0) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            found.address = f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
            slack.always["apps.connections.open"] = {"ok": True, "url": f"{found.address}/link/?ticket=1"}
            yield found


@dataclass
class Ear:
    heard: threading.Event = field(default_factory=threading.Event)
    stopped: threading.Event = field(default_factory=threading.Event)
    trouble: "Queue[Exception | None]" = field(default_factory=Queue)

    def listens(self, connection: ConnectionContext) -> "Ear":
        def run() -> None:
            try:
                Slack().listen(connection, self.heard.set, self.stopped)
                self.trouble.put(None)
            except Exception as error:
                self.trouble.put(error)

        threading.Thread(target=run, daemon=True).start()
        return self

    def ends(self) -> Exception | None:
        self.stopped.set()
        return self.trouble.get(timeout=10)


@pytest.fixture
def connection(cast: Cast, sockets: Sockets) -> ConnectionContext:
    place = nowhere(cast)
    return ConnectionContext(
        place.pk,
        "Slack",
        {"api": sockets.slack.url},
        secrets={APP: "xapp-1"},
        inside=networks(["127.0.0.0/8"]),
    )


def envelope(body: dict[str, Any], number: str, kind: str = "events_api") -> dict[str, Any]:
    return {"type": kind, "envelope_id": number, "accepts_response_payload": False, "payload": body}


def test_events_are_stored_and_then_acknowledged(connection: ConnectionContext, sockets: Sockets) -> None:
    body = event(MENTION, team="T1")
    press = {
        "type": "block_actions",
        "trigger_id": "1.2",
        "team": {"id": "T1"},
        "user": {"id": "U1"},
        "channel": {"id": "D1"},
        "message": {"ts": "1"},
        "actions": [{"type": "button", "action_id": "portal_no", "value": "1"}],
    }
    told = [
        HELLO,
        envelope(body, "e1"),
        envelope(body, "e2"),  # the same event again
        envelope(press, "e3", "interactive"),
        envelope({"command": "/x"}, "e4", "slash_commands"),
        "no json {",
        b"\xff",
        [],
        {"type": "news", "payload": {}},
        envelope({"type": "event_callback", "event": 3}, "e5"),
    ]
    sockets.scripts.put(told)
    ear = Ear().listens(connection)
    acks = [sockets.acks.get(timeout=10)["envelope_id"] for _ in range(5)]
    assert acks == ["e1", "e2", "e3", "e4", "e5"]
    assert sorted(Arrival.objects.values_list("key", flat=True)) == sorted([body["event_id"], "1.2"])
    assert ear.heard.is_set()
    assert ear.ends() is None


def test_it_moves_to_a_new_socket_when_slack_asks(connection: ConnectionContext, sockets: Sockets) -> None:
    first, second = event(MENTION, team="T1"), event({**MENTION, "ts": "1.2"}, team="T1")
    sockets.scripts.put([HELLO, envelope(first, "e1"), {"type": "disconnect", "reason": "refresh_requested"}])
    sockets.scripts.put([HELLO, envelope(second, "e2")])
    ear = Ear().listens(connection)
    assert [sockets.acks.get(timeout=10)["envelope_id"] for _ in range(2)] == ["e1", "e2"]
    assert ear.ends() is None
    assert len(sockets.opened) == 2
    assert Arrival.objects.count() == 2


def test_what_cannot_be_stored_is_not_acknowledged(
    connection: ConnectionContext, sockets: Sockets, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any) -> None:
        raise RuntimeError("the database is away")

    monkeypatch.setattr(socket_mode, "take", broken)
    sockets.scripts.put([HELLO, envelope(event(MENTION, team="T1"), "e1")])
    ear = Ear().listens(connection)
    assert isinstance(ear.trouble.get(timeout=10), RuntimeError)
    with pytest.raises(Empty):
        sockets.acks.get(timeout=0.2)


def test_an_ended_socket_is_passing_trouble(connection: ConnectionContext, sockets: Sockets) -> None:
    sockets.scripts.put([HELLO, CLOSE])
    assert isinstance(Ear().listens(connection).trouble.get(timeout=10), Unavailable)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"ok": False, "error": "invalid_auth"}, ConnectorError),
        ({"ok": True, "url": "https://slack.com/"}, ConnectorError),
        ({"ok": True}, ConnectorError),
        ({"ok": True, "url": "wss://127.0.0.1:9/"}, Unavailable),
        ({"ok": True, "url": "ws://192.0.2.1/"}, ConnectorError),  # without TLS, outside
        ({"ok": True, "url": "ws://[x/"}, ConnectorError),
    ],
)
def test_no_socket_no_listening(
    connection: ConnectionContext, sockets: Sockets, answer: dict[str, Any], kind: type[Exception]
) -> None:
    sockets.slack.always["apps.connections.open"] = answer
    trouble = Ear().listens(connection).trouble.get(timeout=10)
    assert isinstance(trouble, kind)
    assert isinstance(trouble, Unavailable) == (kind is Unavailable)


def test_it_is_told_that_the_app_switched_it_off(connection: ConnectionContext, sockets: Sockets) -> None:
    sockets.scripts.put([HELLO, {"type": "disconnect", "reason": "link_disabled"}])
    error = Ear().listens(connection).trouble.get(timeout=10)
    assert type(error) is ConnectorError
    assert "switched off" in str(error)


def test_without_an_app_level_token_there_is_nothing_to_hear(connection: ConnectionContext) -> None:
    quiet = ConnectionContext(connection.id, "Slack", connection.settings)
    assert Ear().listens(quiet).trouble.get(timeout=5) is None
