"""Mail servers that are away, slow, full, cut off or of another mind: nothing lost, nothing twice, one clear line."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from agents.connectors.base import ConnectionContext, ConnectorError, Unavailable
from agents.connectors.mail.connector import Mail
from agents.connectors.mail.servers import session
from agents.connectors.mail.tests.dovecot import HERE, Dovecot, dovecot, dovecot_server
from agents.connectors.mail.tests.test_imap import Box
from agents.connectors.mail.tests.wire import Wire

__all__ = ["dovecot", "dovecot_server"]
mail = Mail()
DRAFT = {"to": ["emi@example.org"], "subject": "Hello", "text": "a"}
LETTERS = [b"From: a@example.org\r\nSubject: %d\r\n\r\nx\r\n" % number for number in range(3)]


@pytest.fixture
def wire(dovecot: Dovecot) -> Iterator[Wire]:
    made = Wire(dovecot.imap)
    yield made
    made.close()


@pytest.fixture
def box(dovecot: Dovecot, wire: Wire) -> Box:
    """Through the wire, which is on this machine, so it needs no encryption."""
    made = Box(dovecot, LETTERS)
    settings = dovecot.settings(made.user, port=wire.port, security="none")
    made.connection = replace(made.connection, settings=settings)
    return made


def test_wherever_the_wire_is_cut_each_change_is_there_once(box: Box, wire: Wire) -> None:
    """A change goes on where it broke, so after another try it is there, and only one of it."""
    with box.server.client(box.user) as client:
        client.create_folder("Team")
    ids, lines = box.ids(), set()
    changes: list[tuple[str, dict[str, Any]]] = [
        ("draft", DRAFT),
        ("label", {"message": ids[0], "label": "Other"}),
        ("move", {"message": ids[1], "folder": "Team"}),
        ("archive", {"message": ids[2], "place": "archive"}),
    ]
    for cut in (300, 1_000, 1_400, 2_000):
        for name, arguments in changes:
            key = f"{name} {cut}"
            session.close_all()
            wire.cut_after(cut)
            try:
                box.call(name, key, **arguments)
            except Unavailable as error:
                lines.add(str(error))
            wire.cut = -1
            box.call(name, key, **arguments)
            assert box.happened(name, key, **arguments)
        # Back to where it was, for the next cut.
        with box.server.client(box.user) as client:
            assert len(client.sort("ARRIVAL") if client.select_folder("Drafts")[b"EXISTS"] else []) == 1
            client.delete_messages(client.search())
            client.expunge()
            for folder in ("Team", "Archive"):
                assert client.select_folder(folder)[b"EXISTS"] == 1
                client.move(client.search(), "INBOX")
            assert client.select_folder("INBOX")[b"EXISTS"] == 3
            client.remove_flags(client.search(), ["Other"])
    assert lines <= {
        "The mail server localhost broke off in the middle. It is tried again.",
        "The mail server localhost broke off during the sign-in. It is tried again.",
        "The mail server localhost sent half an answer. It is tried again.",
        "The mail server localhost cannot be reached. It may be away for a moment.",
    }
    assert lines


def test_a_server_that_drips_holds_nobody_for_long(
    box: Box, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.close_all()
    monkeypatch.setattr(session, "IN_ALL", 0.4)
    wire.drip = 0.05
    with pytest.raises(Unavailable, match="mail server localhost"):
        box.call("list")


def test_a_connection_that_the_server_ended_meanwhile_is_made_anew(box: Box, wire: Wire) -> None:
    before = box.ids()
    wire.cut_after(0)
    assert box.ids() == before


def test_away_refused_full_and_gone_are_each_said_in_one_line(box: Box, dovecot: Dovecot) -> None:
    def said(connection: ConnectionContext, name: str = "list", **arguments: Any) -> ConnectorError:
        with pytest.raises(ConnectorError) as told:
            mail.perform(connection, box.context(name, "k", **arguments))
        assert "\n" not in str(told.value)
        return told.value

    tls = dovecot.connection(box.user)
    assert "localhost does not answer" in str(said(replace(tls, settings={**tls.settings, "port": 1})))
    assert isinstance(said(replace(tls, settings={**tls.settings, "port": 1})), Unavailable)
    wrong = said(replace(tls, secret="wrong"))
    assert str(wrong).startswith("The mail server localhost refused the sign-in. Enter the user and")
    assert not isinstance(wrong, Unavailable)
    assert "no password" in str(said(replace(tls, secret="")))
    assert "address inside the company" in str(said(replace(tls, inside=())))
    starttls = replace(tls, settings={**tls.settings, "port": dovecot.imap, "security": "starttls"})
    assert len(mail.perform(starttls, box.context("list")).data["messages"]) == 3
    message = box.ids()[0]
    with dovecot.client(box.user) as client:
        client.create_folder("Team")
    assert box.call("list", folder="Team").data["total"] == 0
    with dovecot.client(box.user) as client:
        client.rename_folder("Team", "Crew")
    for name, arguments in (("list", {"folder": "Team"}), ("move", {"message": message, "folder": "Team"})):
        assert str(said(box.connection, name, **arguments)).startswith(
            "There is no folder “Team”. There are:"
        )
    assert box.call("read", message=message).data["folder"] == "INBOX"
    with dovecot.client(box.user) as client:
        client.append("INBOX", b"Subject: all of the rest\r\n\r\n" + b"x" * 2_090_000)
    full = said(box.connection, "draft", **{**DRAFT, "text": "x" * 9_000})
    assert str(full) == (
        "The mailbox is full: its quota is used up, and nothing was written. Its owner can make room."
    )


def test_tokens(box: Box, dovecot: Dovecot) -> None:
    """One that ran out is replaced by a fresh one; one of another person, audience or none is refused."""
    given: list[str] = []
    dovecot.tokens |= {"first": {"email": box.user}, "another's": {"email": "other@example.com"}}

    def token(refused: str = "") -> str:
        given.append(refused)
        return "second" if refused else "first"

    settings = dovecot.settings(box.user, sign_in="token")
    connection = ConnectionContext(1, "S", settings, token=token, account=box.user, inside=HERE)
    assert len(mail.perform(connection, box.context("list")).data["messages"]) == 3
    assert given == [""]
    dovecot.tokens["second"] = dovecot.tokens.pop("first")
    session.close_all()  # the server ends what an old token began
    assert len(mail.perform(connection, box.context("list")).data["messages"]) == 3
    assert given == ["", "", "first"]
    for wrong in ("another's", "nobody's"):
        session.close_all()
        bad = replace(connection, token=lambda refused="", wrong=wrong: wrong)
        with pytest.raises(ConnectorError, match="refused the sign-in"):
            mail.perform(bad, box.context("list"))
    with contextlib.suppress(KeyError):
        del dovecot.tokens["second"]
