"""New mail on a real server is heard at once, what breaks is noticed, a server that cannot tell is left alone."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from agents.connectors.base import ConnectionContext, ConnectorError, Unavailable
from agents.connectors.mail.connector import Mail
from agents.connectors.mail.servers import idling, session
from agents.connectors.mail.tests.dovecot import HERE, Dovecot, dovecot, dovecot_server
from agents.connectors.mail.tests.test_imap import Box
from agents.connectors.mail.tests.test_other_server import port
from agents.connectors.mail.tests.wire import Wire
from tests.portal.machine import wait_until

__all__ = ["dovecot", "dovecot_server", "port"]
LETTER = b"From: a@example.org\r\nSubject: Hello\r\n\r\nx\r\n"


@dataclass
class Listening:
    """``times``: when something was heard."""

    connection: ConnectionContext
    places: frozenset[str] = frozenset({"INBOX"})
    times: list[float] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)
    ended: list[Exception | None] = field(default_factory=list)

    def __enter__(self) -> "Listening":
        self.thread = threading.Thread(target=self._run)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self.thread.join(10)
        assert not self.thread.is_alive()

    def _run(self) -> None:
        try:
            Mail().listen(
                self.connection, lambda: self.times.append(time.monotonic()), self.stopped, self.places
            )
            self.ended.append(None)
        except Exception as error:
            self.ended.append(error)

    def hears(self, do: Callable[[], object], within: float = 5.0) -> None:
        wait_until(lambda: self.times)
        before = len(self.times)
        do()
        wait_until(lambda: len(self.times) > before, within)


@pytest.fixture
def box(dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> Box:
    monkeypatch.setattr(idling, "WAKES", 0.1)
    return Box(dovecot, [LETTER])


@pytest.fixture
def wire(dovecot: Dovecot, box: Box) -> Iterator[Wire]:
    made = Wire(dovecot.imap)
    settings = dovecot.settings(box.user, port=made.port, security="none")
    box.connection = replace(box.connection, settings=settings)
    yield made
    made.close()


def deliver(box: Box, folder: str = "INBOX") -> Callable[[], None]:
    def do() -> None:
        with box.server.client(box.user) as client:
            client.append(folder, LETTER)

    return do


def test_new_mail_is_heard_and_nothing_else(box: Box) -> None:
    with Listening(box.connection) as ear:
        ear.hears(deliver(box))
        heard = len(ear.times)
        with box.server.client(box.user) as client:
            client.select_folder("INBOX")
            client.add_flags(client.search(), ["\\Seen"])
        time.sleep(1)
        assert len(ear.times) == heard
    assert ear.ended == [None]


def test_several_folders_and_one_that_is_not_there(box: Box) -> None:
    with box.server.client(box.user) as client:
        client.create_folder("Kunden/Weiß & Co")
    with Listening(box.connection, frozenset({"", "Kunden/Weiß & Co", "Nowhere"})) as ear:
        ear.hears(deliver(box))
        ear.hears(deliver(box, "Kunden/Weiß & Co"))
    with Listening(box.connection, frozenset({"Nowhere"})) as ear:
        wait_until(lambda: ear.ended)
    assert "There is no folder “Nowhere”" in str(ear.ended[0])


def test_the_wait_is_renewed_and_goes_on(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idling, "RENEWED", 0.3)
    with Listening(box.connection) as ear:
        wait_until(lambda: len(ear.times) > 3)
        monkeypatch.setattr(idling, "RENEWED", 600.0)
        time.sleep(0.5)
        ear.hears(deliver(box))


def test_a_server_that_hangs_up_is_noticed(box: Box, wire: Wire) -> None:
    with Listening(box.connection) as ear:
        wait_until(lambda: ear.times)
        wire.cut_after(0)
        deliver(box)()
        wait_until(lambda: ear.ended)
    assert isinstance(ear.ended[0], Unavailable)


def test_a_server_that_says_nothing_more_is_noticed(
    box: Box, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a router forgot the connection: the next question is not answered."""
    monkeypatch.setattr(idling, "RENEWED", 0.5)
    with Listening(box.connection) as ear:
        wait_until(lambda: ear.times)
        monkeypatch.setattr(session, "READS", 0.5)
        wire.drip = 60.0
        wait_until(lambda: ear.ended)
    assert isinstance(ear.ended[0], Unavailable)


def test_a_wrong_password_is_no_passing_trouble(box: Box) -> None:
    with Listening(replace(box.connection, secret="wrong")) as ear:
        wait_until(lambda: ear.ended)
    assert isinstance(ear.ended[0], ConnectorError)
    assert not isinstance(ear.ended[0], Unavailable)


def test_a_server_without_it_is_left_to_the_clock(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    settings: dict[str, Any] = {"kind": "imap", "host": "localhost", "port": port, "security": "starttls"}
    place = ConnectionContext(1, "S", {**settings, "user": "demouser"}, "demopass", inside=HERE)
    monkeypatch.setattr(session.Client, "has_capability", lambda self, name: name != "IDLE")
    with Listening(place) as ear:
        wait_until(lambda: ear.ended)
    assert (ear.ended, ear.times) == ([None], [])
