"""New mail in folders of a server, heard at once (IDLE, RFC 2177). Each folder takes a connection of its own."""

import select
import socket
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, suppress
from threading import Event

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from agents.connectors.base import ConnectionContext, ConnectorError, Unavailable
from agents.connectors.mail.folders import INBOX
from agents.connectors.mail.servers import session
from agents.connectors.mail.servers.session import Session
from agents.connectors.mail.servers.troubles import in_words
from portal.outgoing.deadlines import deadlines

MOST = 3  # folders of one mailbox; of the others the clock hears
RENEWED = 540.0  # seconds; servers may hang up after 30 minutes, routers after 10
WAKES = 2.0  # seconds between two looks whether it is to end
KEEPALIVE = {
    "TCP_KEEPIDLE": 60,
    "TCP_KEEPINTVL": 20,
    "TCP_KEEPCNT": 3,
}  # a peer that is gone is known in two minutes


def listen(
    connection: ConnectionContext, heard: Callable[[], None], stopped: Event, places: frozenset[str]
) -> None:
    """Returns at once where the server has no IDLE. Raises ConnectorError."""
    host = str(connection.settings.get("host", ""))
    with ExitStack() as stack, in_words(host):
        folders = [_Folder(connection, stack)]
        first = folders[0].session
        if not first.client.has_capability("IDLE"):
            return
        for number, name in enumerate(_there(first, places)):
            if number:
                folders.append(_Folder(connection, stack))
            folders[number].open(name)
        _listen(folders, host, heard, stopped)


def in_order(places: frozenset[str]) -> list[str]:
    """The inbox first; the others by their names, so that they are the same each time."""
    return sorted({place or INBOX for place in places}, key=lambda name: (name != INBOX, name))


def _there(on: Session, places: frozenset[str]) -> list[str]:
    """The folders that are there, the inbox first. Raises ConnectorError where none of them is."""
    wanted = in_order(places) or [INBOX]
    found: list[str] = []
    for name in wanted:
        with suppress(ConnectorError):
            found.append(on.folders().existing(name))
    return found[:MOST] or [on.folders().existing(wanted[0])]


def _listen(folders: "list[_Folder]", host: str, heard: Callable[[], None], stopped: Event) -> None:
    waits = select.poll()
    by_number = {folder.begin(waits): folder for folder in folders}
    heard()
    while not stopped.is_set():
        ready = waits.poll(WAKES * 1_000)
        came = [by_number[number].changed(host) for number, _ in ready]
        now = time.monotonic()
        due = [folder for folder in folders if folder.due <= now]
        for folder in due:
            folder.renew()
        # What came in between two waits is told by no server.
        if due or any(came):
            heard()


class _Folder:
    """One connection, and the folder that is open on it."""

    def __init__(self, connection: ConnectionContext, stack: ExitStack) -> None:
        self.session = Session(connection)
        stack.callback(self.session.close)
        self.due = 0.0

    def open(self, name: str) -> None:
        with self._soon():
            self.session.open(name)

    def begin(self, waits: "select.poll") -> int:
        """Wait from now on. Returns the number of its socket."""
        raw = self.session.client.socket()
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in KEEPALIVE.items():
            if hasattr(socket, name):
                raw.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
        self._idle()
        waits.register(raw, select.POLLIN)
        return int(raw.fileno())

    def changed(self, host: str) -> bool:
        """Is there something new? Raises Unavailable where the server hangs up."""
        with self._soon():
            told = self.session.client.idle_check(0)
        if not told:  # half a line, or the end: only a question tells which
            self.renew()
        if any(one[0] == b"BYE" for one in told):
            raise Unavailable(f"The mail server {host} hung up. It is tried again.")
        return not told or any(len(one) > 1 and one[1] == b"EXISTS" for one in told)

    def renew(self) -> None:
        with self._soon():
            self.session.client.idle_done()
        self._idle()

    def _idle(self) -> None:
        with self._soon():
            try:
                self.session.client.idle()
            except IMAPClientAbortError:
                raise
            except IMAPClientError as error:  # it said something else first, as where mail came in just now
                raise Unavailable("The mail server was busy. It is tried again.") from error
        self.due = time.monotonic() + RENEWED

    def _soon(self) -> AbstractContextManager[None]:
        return deadlines.within(session.READS, self.session.client.socket())
