"""The mail connector through its contract: what it reads, labels and moves, and what happened unseen."""

import os
from pathlib import Path
from typing import Any

import pytest

from agents.connectors.base import ConnectorError
from agents.connectors.mail.connector import Mail
from agents.connectors.mail.folders import ensure_folder
from agents.connectors.mail.tests.mailbox_copy import Mailbox


@pytest.fixture
def box(tmp_path: Path, settings: Any) -> Mailbox:
    settings.MAIL_ROOT = tmp_path / "mailboxes"
    settings.MAIL_ROOT.mkdir()
    return Mailbox(settings.MAIL_ROOT)


def test_list_pages_newest_first_and_stays_in_order(box: Mailbox) -> None:
    for number in range(60):
        (box.path / "new" / f"{2_000_000_000 + number}.x.test").write_bytes(b"Subject: %d\n\n" % number)
    data = box.call("list").data
    assert (data["folder"], data["total"], data["page"], data["pages"]) == ("INBOX", 74, 1, 2)
    assert [message["subject"] for message in data["messages"][:2]] == ["59", "58"]
    before = box.ids()
    for message in before[:5]:
        box.call("label", message=message, label="Other")
    assert box.ids() == before
    last = box.call("list", page=2).data["messages"]
    assert len(last) == 24
    assert last[-1]["from"] == "Lea Brandt <lea.brandt@example.com>"
    assert last[-1]["date"] == "2026-09-21T06:05:12+00:00"
    assert box.call("list", page=9).data["messages"] == []
    with pytest.raises(ConnectorError, match="begin with 1"):
        box.call("list", page=-1)
    with pytest.raises(ConnectorError, match="no folder “Nowhere”"):
        box.call("list", folder="Nowhere")


def test_a_long_head_is_read_as_far_as_it_goes(box: Mailbox) -> None:
    to = ",\n ".join(f"Somebody Longnamed {number} <n{number}@example.org>" for number in range(2_000))
    data = f"To: {to}\nFrom: Ada <ada@example.org>\nSubject: Last\nMessage-ID: <a@b>\n\nHi\n"
    (box.path / "new" / "2000000000.x.test").write_text(data)
    row = box.call("list").data["messages"][0]
    assert (row["from"], row["subject"]) == ("Ada <ada@example.org>", "Last")
    box.call("draft", in_reply_to=row["id"], to=["ada@example.org"], subject="Re", text="x")
    assert box.drafts()[0]["In-Reply-To"] == "<a@b>"


def test_what_its_head_tells_is_part_of_what_is_read(box: Mailbox) -> None:
    data = b"From: Support <support@example.com>\nPrecedence: bulk\nSubject: x\n\nHi\n"
    (box.path / "new" / "2000000000.x.test").write_bytes(data)
    assert box.call("read", message=box.ids()[0]).data["marks"] == {
        "bulk": "Precedence: bulk",
        "own": "Its sender is this mailbox’s own address.",
    }
    assert "marks" not in box.call("read", message=box.ids()[-1]).data
    data = b"From: Ada <ada@example.org>\nReply-To: Support <support@example.com>\nSubject: x\n\nHi\n"
    (box.path / "new" / "2000000001.x.test").write_bytes(data)  # as a form on a web page sends it
    assert "reply_to" not in box.call("read", message=box.ids()[0]).data


def test_read_leaves_the_message_unread(box: Mailbox) -> None:
    files = sorted(box.path.rglob("*"))
    result = box.call("read", message=box.ids()[-2])
    assert result.summary == "Read one message"
    assert result.counts == {"read": 1}
    data = result.data
    assert data["from"] == '"Harbour Glassworks, Accounts" <accounts@harbourglass.example>'
    assert data["attachments"] == [{"name": "HG-2026-0417.csv", "type": "text/csv", "bytes": 56}]
    assert "€1,848.00" in data["text"]
    assert "shortened" not in data
    assert sorted(box.path.rglob("*")) == files
    assert box.call("read", message=box.ids()[0]).data["list_id"].startswith("Dark Sky Makers")


@pytest.mark.parametrize(
    "message", ["", "gone", "../new/x", "/etc/passwd", ".", "..", "a\0b", "x:2,S", "a\nb", "dovecot-keywords"]
)
def test_ids_that_are_none(box: Mailbox, message: str) -> None:
    for capability, more in (("read", {}), ("label", {"label": "A"}), ("move", {"folder": "A"})):
        with pytest.raises(ConnectorError, match="There is no message"):
            box.call(capability, message=message, **more)


def test_label_is_idempotent_and_content_stays(box: Mailbox) -> None:
    message = box.ids()[0]
    data = next((box.path / "new").glob(f"{message}*")).read_bytes()
    assert box.happened("label", message=message, label="Invoices") is None
    result = box.call("label", message=message, label="Invoices")
    assert result.counts == {"labelled": 1}
    assert result.summary == "Labelled one message “Invoices”"
    assert box.happened("label", message=message, label="Invoices") == result
    again = box.call("label", message=message, label="invoices")
    assert (again.counts, again.data["changed"]) == ({}, False)
    box.call("label", message=message, label="Alerts")
    listed = box.call("list").data["messages"][0]
    assert (listed["labels"], listed["seen"]) == (["Invoices", "Alerts"], False)
    assert (box.path / "cur" / f"{message}:2,ab").read_bytes() == data
    assert (box.path / "dovecot-keywords").read_text() == "0 Invoices\n1 Alerts\n"
    assert box.call("list").data["total"] == 14


@pytest.mark.parametrize("label", ["two words", "a\nb", "", "x" * 41, "(a)", "50%", "é", "\\Seen", "a\0"])
def test_labels_that_are_none(box: Mailbox, label: str) -> None:
    with pytest.raises(ConnectorError, match="label"):
        box.call("label", message=box.ids()[0], label=label)
    assert not list((box.path / "cur").iterdir())


def test_no_more_than_26_labels(box: Mailbox) -> None:
    message = box.ids()[0]
    for number in range(26):
        box.call("label", message=message, label=f"L{number}")
    with pytest.raises(ConnectorError, match="26 labels already"):
        box.call("label", message=message, label="L26")
    assert len(box.call("read", message=message).data["labels"]) == 26


def test_move_takes_labels_along(box: Mailbox) -> None:
    first, second = box.ids()[:2]
    box.call("label", message=first, label="Invoices")
    box.call("label", message=second, label="Alerts")
    with pytest.raises(ConnectorError, match="There is no folder"):
        box.call("move", message=second, folder="Kunden.Weiß & Co")
    ensure_folder(box.path, "Kunden.Weiß & Co")
    result = box.call("move", message=second, folder="Kunden.Weiß & Co")
    assert result.counts == {"moved": 1}
    assert box.happened("move", message=second, folder="Kunden.Weiß & Co") == result
    assert box.happened("move", message=first, folder="Kunden.Weiß & Co") is None
    assert box.call("move", message=second, folder="Kunden.Weiß & Co").counts == {}
    place = box.path / ".Kunden.Wei&AN8- &- Co"
    assert (place / "dovecot-keywords").read_text() == "0 Alerts\n"
    assert [file.name for file in (place / "cur").iterdir()] == [f"{second}:2,a"]
    assert box.ids("Kunden.Weiß & Co") == [second]
    assert box.call("read", message=second).data["labels"] == ["Alerts"]
    box.call("move", message=second, folder="inbox")
    assert box.call("list").data["messages"][1]["labels"] == ["Alerts"]


@pytest.mark.parametrize(
    "folder", ["../x", "a/b", "", "a..b", ".a", "a.", "x" * 101, "a\0", "~", " a", "*", "é" * 99]
)
def test_folders_that_are_none(box: Mailbox, folder: str) -> None:
    before = sorted(os.listdir(box.path))
    with pytest.raises(ConnectorError, match="folder"):
        box.call("move", message=box.ids()[0], folder=folder)
    assert set(os.listdir(box.path)) - set(before) <= {"portal.lock"}


def test_reads_are_simply_repeated_and_the_unknown_is_refused(box: Mailbox) -> None:
    assert box.happened("list") is None
    assert box.happened("read", message=box.ids()[0]) is None
    with pytest.raises(ConnectorError, match="cannot do"):
        box.call("dance")
    with pytest.raises(ConnectorError, match="There is no message"):
        box.happened("label", message="gone", label="A")


def test_summaries_and_declarations_hold_nothing_from_the_mail(box: Mailbox) -> None:
    for message in box.ids():
        subject = box.call("read", message=message).data["subject"]
        assert subject not in box.call("label", message=message, label="Other").summary
    assert {capability.name.removeprefix("mail.") for capability in Mail.capabilities} == {
        "list",
        "read",
        "search",
        "attachment",
        "label",
        "flag",
        "move",
        "archive",
        "draft",
        "reply",
        "send",
    }
    assert not any(capability.output.trusted for capability in Mail.capabilities)
