"""A folder that is looked through again and again: after the first time only what changed is asked for."""

from collections.abc import Iterator
from typing import Any

import pytest

from agents.connectors.mail.mailbox import Found
from agents.connectors.mail.servers import session
from agents.connectors.mail.servers.session import Session
from agents.connectors.mail.servers.store import ServerMailbox
from agents.connectors.mail.tests.dovecot import Dovecot, dovecot, dovecot_server

__all__ = ["dovecot", "dovecot_server"]
MANY = 5


class Sent:
    """The folder of sent mail, as a person fills it, and how many heads the portal asked for."""

    def __init__(self, server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
        self.server, self.user, self.heads = server, server.anybody(), 0
        self.session = Session(server.connection(self.user))
        fetch = session.Client.fetch

        def counted(client: Any, *given: Any) -> Any:
            answer = fetch(client, *given)
            self.heads += len(answer)
            return answer

        monkeypatch.setattr(session.Client, "fetch", counted)

    def put(self, *numbers: int) -> None:
        with self.server.client(self.user) as client:
            for number in numbers:
                client.append("Sent", f"Subject: {number}\r\n\r\nHi\r\n".encode())

    def look(self, many: int = MANY) -> tuple[list[str], int]:
        """The subjects, the newest first, each with its flag; and how many heads were asked for."""
        self.heads = 0
        found = list(ServerMailbox(self.session).newest("Sent", many))
        return [_said(one) for one in found], self.heads


def _said(found: Found) -> str:
    return found.data.decode().split()[1] + ("!" if found.message.flagged else "")


@pytest.fixture
def sent(dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sent]:
    found = Sent(dovecot, monkeypatch)
    yield found
    found.session.close()


def test_only_what_changed_is_asked_for(sent: Sent) -> None:
    assert sent.look() == ([], 0)
    sent.put(1, 2, 3, 4, 5, 6)
    assert sent.look() == (["6", "5", "4", "3", "2"], 5)
    assert sent.look() == (["6", "5", "4", "3", "2"], 0)
    assert sent.look(2) == (["6", "5"], 0)
    sent.put(7)
    with sent.server.client(sent.user) as client:
        client.select_folder("Sent")
        client.add_flags(5, ["\\Flagged"])
    assert sent.look() == (["7", "6", "5!", "4", "3"], 2)
    assert sent.look(6) == (["7", "6", "5!", "4", "3", "2"], 6)


def test_what_went_is_not_shown(sent: Sent) -> None:
    sent.put(1, 2, 3)
    sent.look()
    with sent.server.client(sent.user) as client:
        client.select_folder("Sent")
        client.delete_messages(2)
        client.expunge()
    sent.put(4)
    assert sent.look()[0] == ["4", "3", "1"]
    with sent.server.client(sent.user) as client:
        client.delete_folder("Sent")
        client.create_folder("Sent")
    sent.put(9)
    assert sent.look() == (["9"], 1)


def test_a_server_that_counts_no_changes_is_asked_for_all(sent: Sent) -> None:
    sent.put(1, 2)
    sent.session.state = {}
    known = session.Client.select_folder

    def without(client: Any, *given: Any, **more: Any) -> Any:
        return {key: value for key, value in known(client, *given, **more).items() if key != b"HIGHESTMODSEQ"}

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(session.Client, "select_folder", without)
        assert [sent.look(), sent.look()] == [(["2", "1"], 2)] * 2


def test_large_heads_are_not_kept(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agents.connectors.mail.servers.kept.LARGEST", 10)
    sent.put(1, 2)
    assert [sent.look(), sent.look()] == [(["2", "1"], 2)] * 2
