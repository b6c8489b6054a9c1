"""One signed-in connection to an IMAP server, and the few that a process keeps open between calls."""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from imaplib import IMAP4
from typing import Any, TypeVar

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from agents.connectors.base import ConnectionContext, ConnectorError
from agents.connectors.mail.servers import encrypted, sign_in
from agents.connectors.mail.servers.folders import Folders, listed
from agents.connectors.mail.servers.troubles import Cut, in_words
from portal.outgoing.deadlines import deadlines

CONNECTS, READS, IN_ALL = 10.0, 30.0, 120.0  # seconds: to connect, between two answers, for a whole call
KEPT, KEPT_FOR = 8, 60.0  # connections of a process that wait for the next call, and for how many seconds
LISTED_FOR = 20.0  # seconds for which the list of folders is kept
ASKED_AFTER = 5.0  # seconds after which a connection that waited is asked whether it lives
logging.getLogger("imapclient").setLevel(logging.WARNING)  # below that it writes down what mails say
log = logging.getLogger(__name__)
T = TypeVar("T")


class Client(IMAPClient):  # type: ignore[misc]
    """Over a connection that the portal opened."""

    def __init__(self, raw: socket.socket, host: str) -> None:
        self._raw = raw
        super().__init__(host, ssl=False, timeout=SocketTimeout(READS, READS))

    def _create_IMAP4(self) -> IMAP4:
        raw = self._raw

        class Over(IMAP4):
            def _create_socket(self, timeout: float | None = None) -> socket.socket:
                raw.settimeout(READS)
                return raw

        return Over(self.host)


class Session:
    def __init__(self, connection: ConnectionContext) -> None:
        settings = connection.settings
        self.host = str(settings.get("host", ""))
        security = str(settings.get("security", encrypted.TLS))
        port = int(settings.get("port") or 993)
        raw = encrypted.reach(connection, self.host, port, security, CONNECTS)
        self.opened: tuple[str, bool] | None = None  # the folder, and whether it may be changed
        self.state: Mapping[bytes, Any] = {}
        self.used = time.monotonic()
        self.kept: dict[str, Any] = {}  # of a few folders their newest heads (``kept.Kept``)
        self._listed: tuple[float, Folders] | None = None
        try:
            with deadlines.within(IN_ALL, raw):
                self.client = Client(raw, self.host)
                self.client.normalise_times = False
                self._greet(connection, security)
        except BaseException:
            raw.close()
            raise

    def _greet(self, connection: ConnectionContext, security: str) -> None:
        if security == encrypted.STARTTLS:
            if not self.client.has_capability("STARTTLS"):
                raise ConnectorError(
                    f"The mail server {self.host} offers no STARTTLS. Choose TLS in the settings."
                )
            self.client.starttls(encrypted.trust())
        with deadlines.within(IN_ALL, self.client.socket()):  # TLS may have taken the first socket's place
            sign_in.imap(self.client, self.host, connection)
            self.counts()

    def counts(self) -> None:
        """Let the server count changes, where it can: then it tells what changed since (``kept``)."""
        if all(map(self.client.has_capability, ("ENABLE", "CONDSTORE"))):
            try:
                self.client.enable("CONDSTORE")
            except IMAPClientAbortError:
                raise
            except IMAPClientError:  # it offers what it refuses, and works without it
                log.info("The mail server %s refused to count changes", self.host)

    def open(self, folder: str, *, change: bool = False, anew: bool = False) -> Mapping[bytes, Any]:
        """What the server says of the folder. Opened for reading, nothing in it can change."""
        if anew or self.opened is None or self.opened[0] != folder or (change and not self.opened[1]):
            self.opened = None
            try:
                self.state = self.client.select_folder(folder, readonly=not change)
            except IMAP4.readonly as error:
                raise ConnectorError(f"The mail server lets nobody change the folder “{folder}”.") from error
            self.opened = (folder, change)
        return self.state

    def folders(self, *, anew: bool = False) -> Folders:
        """As they were a moment ago."""
        now = time.monotonic()
        if anew or self._listed is None or now - self._listed[0] > LISTED_FOR:
            self._listed = now, listed(self.client)
        return self._listed[1]

    def alive(self) -> bool:
        if time.monotonic() - self.used < ASKED_AFTER:
            return True
        try:
            self.client.noop()
        except (IMAPClientError, OSError, ValueError):
            return False
        return True

    def close(self) -> None:
        with suppress(IMAPClientError, OSError, ValueError):
            self.client.shutdown()


_waiting: dict[tuple[int, int], list[Session]] = {}
_lock = threading.Lock()
os.register_at_fork(after_in_child=_waiting.clear)


def using(connection: ConnectionContext, do: Callable[[Session], T]) -> T:
    """Do it on a connection of this process. Where one that waited broke, once more on a new one.

    What is done must do no harm when it is done twice.
    """
    key = (
        connection.id,
        hash((repr(sorted(connection.settings.items())), connection.secret, connection.account)),
    )
    begun = time.monotonic()
    with in_words(str(connection.settings.get("host", ""))):
        if (session := _take(key)) is not None:
            try:
                return _on(key, session, do)
            except Cut:
                if time.monotonic() - begun > CONNECTS:
                    raise
        return _on(key, Session(connection), do)


def _on(key: tuple[int, int], session: Session, do: Callable[[Session], T]) -> T:
    try:
        with deadlines.within(IN_ALL, session.client.socket()), in_words(session.host):
            result = do(session)
    except Cut:
        session.close()
        raise
    except ConnectorError:
        _give(key, session)
        raise
    except BaseException:
        session.close()
        raise
    _give(key, session)
    return result


def _take(key: tuple[int, int]) -> Session | None:
    with _lock:
        own = _waiting.get(key)
        session = own.pop() if own else None
    if session is not None and not session.alive():
        session.close()
        return None
    return session


def _give(key: tuple[int, int], session: Session) -> None:
    session.used = time.monotonic()
    with _lock:
        _waiting.setdefault(key, []).append(session)
        every = sorted(
            (one.used, number, at) for at, own in _waiting.items() for number, one in enumerate(own)
        )
        over = len(every) - KEPT
        old = [(number, at) for row, (used, number, at) in enumerate(every)
               if row < over or used < session.used - KEPT_FOR]  # fmt: skip
        ended = [_waiting[at].pop(number) for number, at in sorted(old, reverse=True)]
        for empty in [at for at, own in _waiting.items() if not own]:
            del _waiting[empty]
    for one in ended:
        one.close()


def close_all() -> None:
    """Of this process: what waits is closed."""
    with _lock:
        ended = [one for own in _waiting.values() for one in own]
        _waiting.clear()
    for one in ended:
        one.close()
