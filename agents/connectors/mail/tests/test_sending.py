"""Mail that leaves: once, to all or to nobody, and where nobody knows whether it left, that is said."""

import email
import socket
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from agents.connectors.base import CallContext, ConnectionContext, ConnectorError, Result, Unavailable
from agents.connectors.mail.connector import Mail
from agents.connectors.mail.forms import MailSettings
from agents.connectors.mail.servers import encrypted
from agents.connectors.mail.tests.dovecot import HERE
from agents.connectors.mail.tests.mailbox_copy import Mailbox
from portal.outgoing import Unanswered
from tests.portal.post_office import PASSWORD, Post, _posts, post

__all__ = ["_posts", "post"]
mail = Mail()
LETTER = {"to": ["mia@example.com", "emi@example.org"], "subject": "Grüße", "text": "Hello,\n.\nß\n"}


class Elsewhere(socket.socket):
    """Where a name that was this machine's leads meanwhile."""

    def getpeername(self) -> Any:
        return ("192.0.2.1", 25)


class Sender:
    def __init__(self, local: Mailbox, post: Post) -> None:
        self.local, self.post = local, post
        settings = {**local.connection.settings, **post.settings("starttls"), "smtp_user": "support"}
        self.connection = ConnectionContext(1, "Support", settings, PASSWORD, inside=HERE)

    def context(self, capability: str, key: str, arguments: dict[str, Any]) -> CallContext:
        return CallContext(f"mail.{capability}", arguments, key, 7, "A", 1, 2)

    def call(self, capability: str = "send", key: str = "k1", **arguments: Any) -> Result:
        return mail.perform(self.connection, self.context(capability, key, arguments or LETTER))

    def happened(self, key: str = "k1", **arguments: Any) -> Result | None:
        return mail.reconcile(self.connection, self.context("send", key, arguments or LETTER))

    def kept(self) -> list[Message]:
        folder = self.local.path / ".Sent" / "cur"
        return [email.message_from_bytes(file.read_bytes()) for file in sorted(folder.glob("*"))]


@pytest.fixture
def sender(tmp_path: Path, settings: Any, post: Post) -> Sender:
    settings.MAIL_ROOT = tmp_path
    return Sender(Mailbox(tmp_path), post)


def test_sent_once_and_known_again(sender: Sender) -> None:
    with pytest.raises(ConnectorError, match="may have left all the same"):
        sender.happened()
    result = sender.call()
    assert (result.counts, result.summary) == ({"sent": 1}, "Sent one mail")
    assert result == sender.call() == sender.happened()
    (letter,) = sender.post.letters
    assert letter.rcpt_tos == LETTER["to"]
    assert letter.mail_from == "support@example.com"
    left = email.message_from_bytes(letter.content or b"")
    assert left.get_payload(decode=True).decode().replace("\r\n", "\n") == LETTER["text"]
    assert left["X-Portal-Errand"] is None
    (kept,) = sender.kept()
    assert kept["Message-ID"] == left["Message-ID"]
    with pytest.raises(ConnectorError, match="Another mail was sent"):
        sender.call(**{**LETTER, "text": "Something else"})
    assert len(sender.post.letters) == 1


def test_to_all_or_to_nobody(sender: Sender) -> None:
    sender.post.refuses = {"emi@example.org": "550 no such mailbox here"}
    with pytest.raises(ConnectorError, match=r"does not take mail to emi@example.org, and nothing was sent"):
        sender.call()
    assert sender.post.letters == sender.kept() == []


@pytest.mark.parametrize(
    ("said", "kind", "words"),
    [
        ("451 try later", Unavailable, "for the moment: try later"),
        ("452 4.2.2 mailbox full", ConnectorError, "nothing was sent: 4.2.2 mailbox full"),
        ("554 looks like spam", ConnectorError, "nothing was sent: looks like spam"),
    ],
)
def test_what_the_server_refuses_did_not_leave(
    sender: Sender, said: str, kind: type[Exception], words: str
) -> None:
    sender.post.answers = [said]
    with pytest.raises(kind, match=words):
        sender.call()
    assert sender.kept() == []
    sender.call()
    assert len(sender.post.letters) == 1


def test_a_server_that_takes_it_and_says_nothing_leaves_it_unknown(sender: Sender) -> None:
    sender.post.answers = [None]
    with pytest.raises(Unanswered, match="broke off before it answered"):
        sender.call()
    with pytest.raises(ConnectorError, match="may have left all the same"):
        sender.happened()
    assert len(sender.post.letters) == 1


def test_a_copy_that_cannot_be_kept_makes_nothing_be_sent_twice(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*given: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("agents.connectors.mail.maildir.Maildir.put_away", full)
    assert sender.call().counts == {"sent": 1}
    assert len(sender.post.letters) == 1


def test_only_who_takes_part_gets_a_reply(sender: Sender) -> None:
    message = sender.local.ids()[0]
    read = sender.local.call("read", message=message).data
    reply = {"message": message, "to": ["stranger@example.net"], "text": "Yes."}
    with pytest.raises(ConnectorError, match="takes no part in that conversation"):
        sender.call("reply", **reply)
    partner = read["from"].rpartition("<")[2].rstrip(">")
    sender.call("reply", **{**reply, "to": [partner]})
    (letter,) = sender.post.letters
    left = email.message_from_bytes(letter.content or b"")
    assert left["In-Reply-To"] == "<shielding-7@example.com>"
    assert left["Subject"].startswith("Re: ")


def test_what_the_test_of_the_connection_says(sender: Sender) -> None:
    checked = mail.check(sender.connection)
    assert (checked.note, set(checked.rights.values())) == ("14 messages", {""})
    wrong = ConnectionContext(1, "S", sender.connection.settings, "wrong", inside=HERE)
    rights = mail.check(wrong).rights
    assert rights["mail.read"] == ""
    assert rights["mail.send"].startswith("The server localhost refused the sign-in for outgoing mail")
    assert mail.check(sender.local.connection).rights["mail.reply"].startswith("the settings name no server")
    with pytest.raises(ConnectorError, match="This connection cannot send"):
        mail.perform(sender.local.connection, sender.context("send", "k", LETTER))
    away = ConnectionContext(1, "S", {**sender.connection.settings, "smtp_port": 1}, PASSWORD, inside=HERE)
    with pytest.raises(Unavailable, match="localhost does not answer"):
        mail.perform(away, sender.context("send", "k", LETTER))


def test_nothing_turns_encryption_off_but_staying_on_this_machine(sender: Sender, settings: Any) -> None:
    settings.OWN_CA = ""
    with pytest.raises(ConnectorError, match="The certificate of localhost is not valid"):
        sender.call()
    with pytest.raises(ConnectorError, match="used with TLS only"):
        encrypted.refuse_open(Elsewhere())
    assert sender.post.letters == []
    given = {
        "path": str(sender.local.path),
        "address": "support@example.com",
        "smtp_host": "mail.example.com",
    }
    form = MailSettings({**given, "smtp_security": "none"})
    assert "this machine" in str(form.errors)
    assert MailSettings({**given, "smtp_security": "starttls"}).is_valid()
