"""Socket Mode: the same events and buttons, over a socket that the portal opens where Slack cannot reach it.

``apps.connections.open`` gives an address that is good once. Slack greets with ``hello``, sends envelopes that are
to be acknowledged within three seconds, and says ``disconnect`` before it ends a socket, every hour or so.
"""

import json
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any
from urllib.parse import urlsplit

from django.db import connections
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from agents.connectors.base import ConnectionContext, ConnectorError, Unavailable
from agents.connectors.outgoing import worded
from agents.connectors.slack.arriving.storing import take
from agents.connectors.slack.credentials import APP
from agents.connectors.slack.web_api import api
from portal.outgoing.sockets import open_socket, tls

LARGEST = 1_048_576  # bytes of one message
LOOK = 2.0  # seconds between two looks at whether to stop
GREETED = 15.0  # seconds until Slack must have said hello
ALIVE = 20.0  # seconds between two signs of life, and until one must be answered
Heard = Callable[[], None]
STORED = {"events_api", "interactive"}


def listen(connection: ConnectionContext, heard: Heard, stopped: Event) -> None:
    """Until ``stopped``. Returns at once where there is no app-level token. Raises ConnectorError, Unavailable."""
    token = connection.secrets.get(APP, "").strip()
    while token and not stopped.is_set():
        with api(connection, token=token) as slack:
            address = str(slack.read("apps.connections.open").get("url") or "")
        with _opened(connection, address) as socket:
            _hear(connection, socket, heard, stopped)


@contextmanager
def _opened(connection: ConnectionContext, address: str) -> Iterator[ClientConnection]:
    """Through the portal's own way out: its checks of addresses, its proxy, its certificates."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "wss" else 80)
    except ValueError:
        host, port = "", 0
    if not host or parts.scheme not in {"wss", "ws"}:
        raise ConnectorError("Slack gave no address to listen at.")
    secure = parts.scheme == "wss"
    with worded():
        raw = open_socket(host, port, inside=connection.inside, only_inside=not secure)
    context: ssl.SSLContext | None = tls() if secure else None
    try:
        socket = connect(
            address,
            sock=raw,
            ssl=context,
            compression=None,
            open_timeout=GREETED,
            ping_interval=ALIVE,
            ping_timeout=ALIVE,
            close_timeout=LOOK,
            max_size=LARGEST,
            max_queue=16,
            proxy=None,
        )
    except (OSError, WebSocketException, EOFError) as error:
        raw.close()
        raise Unavailable(f"Slack does not open the socket ({type(error).__name__}).") from None
    with socket:
        yield socket


def _hear(connection: ConnectionContext, socket: ClientConnection, heard: Heard, stopped: Event) -> None:
    """Until Slack asks for a new socket. What could not be stored is not acknowledged, so Slack sends it again."""
    greeted, since = False, time.monotonic()
    while not stopped.is_set():
        try:
            told = _read(socket.recv(timeout=LOOK))
        except TimeoutError:
            if not greeted and time.monotonic() - since > GREETED:
                raise Unavailable("Slack does not greet.") from None
            continue
        except (OSError, WebSocketException, EOFError):
            raise Unavailable("Slack ended the socket.") from None
        kind = told.get("type")
        if kind == "hello":
            greeted = True
            heard()
        elif kind == "disconnect":
            if told.get("reason") == "link_disabled":
                raise ConnectorError("Socket Mode is switched off on the app's page in Slack.")
            return
        elif told.get("envelope_id"):
            _taken(connection, told)
            try:
                socket.send(json.dumps({"envelope_id": told["envelope_id"]}))
            except (OSError, WebSocketException, EOFError):
                raise Unavailable("Slack ended the socket.") from None


def _taken(connection: ConnectionContext, told: dict[str, Any]) -> None:
    body = told.get("payload")
    try:
        if told.get("type") in STORED and isinstance(body, dict):
            take(connection.id, body)
    finally:
        connections.close_all()


def _read(message: str | bytes) -> dict[str, Any]:
    """What cannot be read is nothing."""
    try:
        found = json.loads(message)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
