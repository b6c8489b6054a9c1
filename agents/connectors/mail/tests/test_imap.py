"""A mailbox on a real server: what the agent does there is what it does in a Maildir."""

from datetime import UTC, datetime, timedelta

import pytest

from agents.connectors.base import ConnectorError, Watch
from agents.connectors.mail.connector import Mail
from agents.connectors.mail.tests.dovecot import Dovecot, dovecot, dovecot_server
from agents.connectors.mail.tests.mailbox_copy import SAMPLE, Calls

__all__ = ["dovecot", "dovecot_server"]
mail = Mail()


class Box(Calls):
    """A person's mailbox on the server, with the sample's messages in it."""

    def __init__(self, server: Dovecot, messages: list[bytes] | None = None) -> None:
        self.server, self.user = server, server.anybody()
        self.connection = server.connection(self.user)
        given = [file.read_bytes() for file in sorted(SAMPLE.iterdir())] if messages is None else messages
        begun = datetime.now(UTC) - timedelta(hours=1)
        with server.client(self.user) as client:
            for number, data in enumerate(given):
                client.append("INBOX", data, msg_time=begun + timedelta(seconds=number))


@pytest.fixture
def box(dovecot: Dovecot) -> Box:
    return Box(dovecot)


def test_labels_moves_and_drafts_are_made_once_and_known_again(box: Box) -> None:
    message, other = box.ids()[:2]
    assert box.happened("label", message=message, label="Invoices") is None
    done = box.call("label", message=message, label="Invoices")
    assert done == box.happened("label", message=message, label="Invoices")
    assert box.call("label", message=message, label="invoices").data["changed"] is False
    assert box.call("list").data["messages"][0]["labels"] == ["Invoices"]
    with box.server.client(box.user) as client:
        client.create_folder("Kunden/Weiß & Co")
    with pytest.raises(ConnectorError, match="There is no folder “Nowhere”"):
        box.call("move", message=message, folder="Nowhere")
    moved = box.call("move", message=message, folder="Kunden/Weiß & Co")
    assert moved.counts == {"moved": 1}
    assert box.happened("move", message=message, folder="Kunden/Weiß & Co") == moved
    assert box.call("move", message=message, folder="Kunden/Weiß & Co").data["changed"] is False
    assert box.happened("move", message=other, folder="Kunden/Weiß & Co") is None
    read = box.call("read", message=message).data
    assert (read["folder"], read["labels"]) == ("Kunden/Weiß & Co", ["Invoices"])
    answer = {"in_reply_to": other, "to": ["emi@example.org"], "subject": "Re: x", "text": "a\nß"}
    assert box.happened("draft", **answer) is None
    written = box.call("draft", **answer)
    assert written == box.call("draft", **answer) == box.happened("draft", **answer)
    with pytest.raises(ConnectorError, match="Another draft"):
        box.call("draft", **{**answer, "text": "Something else"})
    assert box.ids("Drafts") == [written.data["message"]]
    assert box.call("read", message=written.data["message"]).data["text"] == "a\nß"
    with box.server.client(box.user) as client:
        client.select_folder("Drafts")
        assert b"\\Draft" in next(iter(client.get_flags(client.search()).values()))
        client.select_folder("INBOX")
        assert not client.search("SEEN"), "what an agent reads stays unread"


def test_a_message_is_found_again_wherever_it_went(box: Box) -> None:
    first, second, third = box.ids()[:3]
    subject = box.call("read", message=first).data["subject"]
    with box.server.client(box.user) as client:
        client.create_folder("Old")
        client.select_folder("INBOX")
        newest = sorted(client.search(), reverse=True)
        client.move(newest[:2], "Old")
        client.rename_folder("Old", "New")
        client.delete_messages(newest[2:3])
        client.expunge()
    assert box.call("read", message=first).data["subject"] == subject
    assert box.call("label", message=second, label="Seen").data["changed"]
    for gone in (third, "", "x", "../etc", first.replace(".imap", ""), f"1{first}"):
        with pytest.raises(ConnectorError, match="There is no message"):
            box.call("read", message=gone)


def test_a_server_that_numbers_anew_loses_and_doubles_nothing(box: Box) -> None:
    """A folder that came back from a backup: the same messages, every number another."""
    with box.server.client(box.user) as client:
        client.create_folder("Team")
        client.select_folder("INBOX")
        client.copy(client.search(), "Team")
        client.select_folder("Team", readonly=True)
        kept = client.fetch(client.search(), ["INTERNALDATE", "BODY.PEEK[]"])
    ids = box.ids("Team")
    before = mail.news(box.connection, Watch("mail.arrived", "Team", 7, "a", 1, None))
    assert before.happened == ()
    with box.server.client(box.user) as client:
        client.delete_folder("Team")
        client.create_folder("Team")
        for item in kept.values():
            client.append("Team", item[b"BODY[]"], msg_time=item[b"INTERNALDATE"])
        client.append("Team", b"From: a@example.org\r\nSubject: new\r\n\r\nx\r\n")
    assert box.call("read", message=ids[0]).data["folder"] == "Team"
    box.call("label", message=ids[0], label="Other")
    assert [row["labels"] for row in box.call("list", folder="Team").data["messages"]][:2] == [[], ["Other"]]
    news = mail.news(box.connection, Watch("mail.arrived", "Team", 7, "a", 1, before.cursor))
    assert [one.text.splitlines()[-1] for one in news.happened] == ["Subject: new"]
    assert mail.news(box.connection, Watch("mail.arrived", "Team", 7, "a", 1, news.cursor)).happened == ()
    with box.server.client(box.user) as client:
        client.append("Team", b"From: b@example.org\r\nSubject: newer\r\n\r\nx\r\n")
    (last,) = mail.news(box.connection, Watch("mail.arrived", "Team", 7, "a", 1, news.cursor)).happened
    assert last.text.endswith("Subject: newer")
