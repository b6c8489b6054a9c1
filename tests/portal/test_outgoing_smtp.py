"""Mail that leaves: whatever a server does, it is over in time, and what became of the mail is known."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from portal.outgoing import Away, Refused, Unanswered, smtp
from tests.portal.outgoing_server import certified

Talk = Callable[[socket.socket], None]


class Server:
    """Says what a test tells it to, to one client after the other; with STARTTLS after it was asked for."""

    def __init__(self, *talks: Talk) -> None:
        self.talks = list(talks)
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        for talk in self.talks:
            with suppress(OSError), self.listener.accept()[0] as taken:
                talk(taken)

    def socket(self) -> socket.socket:
        return socket.create_connection(self.listener.getsockname(), timeout=5)


@pytest.fixture
def serving() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(*talks: Talk) -> Server:
        servers.append(Server(*talks))
        return servers[-1]

    yield start
    for server in servers:
        server.listener.close()


def says(*answers: str | float) -> Talk:
    """A greeting, then one answer for each line that comes; a number is a pause in which it drips a sign a time."""

    def talk(taken: socket.socket) -> None:
        lines = taken.makefile("rb")
        for number, answer in enumerate(answers):
            if number and lines.readline() == b"DATA\r\n":
                taken.sendall(b"354 go\r\n")
                while lines.readline() != b".\r\n":
                    pass
            if isinstance(answer, str):
                taken.sendall(f"{answer}\r\n".encode())
                continue
            until = time.monotonic() + answer
            while time.monotonic() < until:
                taken.sendall(b"2")
                time.sleep(0.05)

    return talk


def send(server: Server, *, starttls: bool = False, to: str = "mia@example.com") -> None:
    with smtp.talking(server.socket(), "localhost", starttls=starttls) as session:
        smtp.hand_over(session, "localhost", "portal@example.com", [to], b"Subject: x\n\n.\nHello\n")


@pytest.mark.parametrize(
    ("answers", "kind", "step"),
    [
        (["421 too busy"], smtp.NotNow, "session"),
        (["554 not you"], smtp.NotTaken, "session"),
        (["220 hi", "250 hi", "451 later"], smtp.NotNow, "sender"),
        (["220 hi", "250 hi", "550 who are you"], smtp.NotTaken, "sender"),
        (["220 hi", "250 hi", "250 ok", "450 4.2.0 greylisted"], smtp.NotNow, "recipient"),
        (["220 hi", "250 hi", "250 ok", "550 5.1.1 no such person"], smtp.NotTaken, "recipient"),
        (["220 hi", "250 hi", "250 ok", "250 ok", "452 4.2.2 mailbox full"], smtp.NotTaken, "mail"),
        (["220 hi", "250 hi", "250 ok", "250 ok", "554 looks like spam"], smtp.NotTaken, "mail"),
    ],
)
def test_where_a_server_says_no(serving, answers, kind, step):
    with pytest.raises(kind) as caught:
        send(serving(says(*answers)))
    assert caught.value.step == step


def test_whose_fault_a_no_is():
    relay = smtp.NotTaken("", 554, "5.7.1 <x@y>: Relay access denied", "recipient")
    person = smtp.NotTaken("", 550, "5.1.1 no such person", "recipient")
    spam = smtp.NotTaken("", 554, "5.7.1 looks like spam", "mail")
    assert [one.by_policy for one in (relay, person, spam)] == [True, False, False]


@pytest.mark.parametrize("before", [0, 1, 2, 3])
def test_what_breaks_off_before_the_mail_was_handed_over_did_not_leave(serving, before):
    answers = ["220 hi", "250 hi", "250 ok", "250 ok"][:before]
    with pytest.raises(Away, match="It did not leave"):
        send(serving(says(*answers)))


def test_what_breaks_off_after_it_is_not_known(serving):
    with pytest.raises(Unanswered, match="before it answered"):
        send(serving(says("220 hi", "250 hi", "250 ok", "250 ok", 0.0)))


def test_words_of_a_server_are_one_short_line(serving):
    with pytest.raises(smtp.NotTaken) as caught:
        send(serving(says("220 hi", "250 hi", "550 \u202e" + "ä" * 300)))
    assert len(caught.value.said) == 120
    assert "\u202e" not in caught.value.said


def test_no_server_drips_for_ever(serving, monkeypatch, tmp_path: Path, settings):
    """Before TLS and within it, where another socket takes the first one's place."""
    monkeypatch.setattr(smtp, "IN_ALL", 0.5)
    both = certified(tmp_path, "localhost", settings)

    def within_tls(taken: socket.socket) -> None:
        taken.sendall(b"220 hi\r\n")
        taken.recv(1000)
        taken.sendall(b"250-hi\r\n250 STARTTLS\r\n")
        taken.recv(1000)
        taken.sendall(b"220 go\r\n")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(both)
        with context.wrap_socket(taken, server_side=True) as secured:
            says(20.0)(secured)  # type: ignore[arg-type]

    server = serving(says(20.0), within_tls)
    for starttls in (False, True):
        begun = time.monotonic()
        with pytest.raises(Away):
            send(server, starttls=starttls)
        assert time.monotonic() - begun < 5


def test_no_tls_no_mail(serving):
    with pytest.raises(Refused, match="offers no STARTTLS"):
        send(serving(says("220 hi", "250 hi")), starttls=True)
