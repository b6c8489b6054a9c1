"""A draft that its person sent with an ordinary mail program is known, and nothing else is."""

import email
import os
import time
from datetime import UTC, datetime, timedelta
from email.message import Message
from mailbox import Maildir
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.connectors.base import Verification
from agents.connectors.mail import drafts, sent
from agents.connectors.mail.tests.mailbox_copy import Mailbox, mail


@pytest.fixture
def box(tmp_path: Path, settings: Any) -> Mailbox:
    settings.MAIL_ROOT = tmp_path / "mailboxes"
    settings.MAIL_ROOT.mkdir()
    return Mailbox(settings.MAIL_ROOT)


ANSWER = {"to": ["emi@example.org"], "subject": "Re: Shielding", "text": "Thank you."}


def drafted(box: Mailbox, key: str = "k1", **arguments: Any) -> str:
    """The draft's work item."""
    given_ = {"in_reply_to": box.ids()[0], **ANSWER, **arguments}
    result = box.call("draft", key, **given_)
    (item,) = mail.items(box.context("draft", key, **given_), result)
    return item.external_id


def waiting(box: Mailbox) -> Path:
    return next((box.path / ".Drafts" / "cur").iterdir())


def send(box: Mailbox, keeps: str = "everything", folder: str = "Sent", **changes: str) -> Path:
    """As a mail program sends the one draft: a new file among the sent ones, and the draft is gone.

    Programs differ in what they keep of a draft's head: ``everything``; ``references`` alone, with a Message-ID
    of their own; or the ``message-id`` alone.
    """
    draft = waiting(box)
    letter: Message = email.message_from_bytes(draft.read_bytes())
    if keeps != "everything":
        del letter["X-Portal-Errand"]
    if keeps == "references":
        letter.replace_header("Message-ID", "<20261125.abc@mail.example.com>")
    if keeps == "message-id":
        del letter["References"]
    for name, value in changes.items():
        del letter[name]
        letter[name] = value
    letter.set_payload("Thank you, and best wishes.\n")
    place = box.path / f".{folder}"
    for part in ("cur", "new", "tmp"):
        (place / part).mkdir(parents=True, exist_ok=True)
    file = place / "cur" / f"{int(time.time())}.M20P7.host:2,S"
    file.write_bytes(letter.as_bytes())
    draft.unlink()
    return file


def word(box: Mailbox, item: str) -> Verification | None:
    return mail.verified(box.connection, item)


@pytest.mark.parametrize("keeps", ["everything", "references", "message-id"])
@pytest.mark.parametrize("folder", ["Sent", "Gesendet", "INBOX.Sent Items"])
def test_what_was_sent_is_known_whatever_the_mail_program_keeps(box: Mailbox, keeps: str, folder: str):
    item = drafted(box)
    assert word(box, item) is None, "a draft is no outcome"
    send(box, keeps, folder)
    said = word(box, item)
    assert said is not None
    assert timedelta(0) <= datetime.now(UTC) - said.since < timedelta(minutes=1)
    assert said.reversed_at is None
    assert word(box, drafts.unique_part("another")) is None


def test_a_mail_out_of_nothing_is_known_too(box: Mailbox):
    item = drafted(box, in_reply_to="")
    send(box, "references")
    assert word(box, item) is not None


def test_what_the_person_threw_away_is_no_outcome(box: Mailbox):
    item = drafted(box)
    waiting(box).unlink()
    assert word(box, item) is None


def test_tidying_up_says_nothing(box: Mailbox):
    item = drafted(box)
    send(box).unlink()
    assert word(box, item) is None


def test_a_mail_to_oneself_is_no_outcome(box: Mailbox):
    item = drafted(box, to=["support@example.com"])
    file = send(box)
    assert word(box, item) is None
    file.write_bytes(file.read_bytes().replace(b"\nTo: ", b"\nCc: emi@example.org\nTo: ", 1))
    assert word(box, item) is not None


def test_what_an_agent_puts_among_the_sent_ones_was_sent_by_nobody(box: Mailbox):
    item = drafted(box)
    again = box.call("draft", "k2", in_reply_to=waiting(box).name.partition(":")[0], **ANSWER)
    Maildir(box.path).add_folder("Sent")
    for draft in (again.data["message"], *box.ids("Drafts")):
        box.call("move", message=draft, folder="Sent")
    assert len(list((box.path / ".Sent" / "cur").iterdir())) == 2
    assert word(box, item) is None


def test_a_draft_that_was_only_dragged_there_is_still_a_draft(box: Mailbox):
    item = drafted(box)
    file = send(box)
    file.rename(file.with_name(file.name.replace(":2,S", ":2,DS")))
    assert word(box, item) is None


def test_a_mail_that_came_in_was_sent_by_nobody_here(box: Mailbox):
    """Somebody outside who knows the draft's mark, and an agent that moves their mail."""
    item = drafted(box)
    send(box, From="stranger@example.net", Received="from there by here; Wed, 25 Nov 2026 10:00:00 +0000")
    assert word(box, item) is None


def test_a_server_that_notes_its_way_on_sent_mail_hides_nothing(box: Mailbox):
    item = drafted(box)
    send(box, Received="from here by there; Wed, 25 Nov 2026 10:00:00 +0000")
    assert word(box, item) is not None


def test_the_mark_in_another_place_says_nothing(box: Mailbox):
    item = drafted(box)
    send(box, "message-id", **{"Message-ID": "<new@example.com>", "Subject": f"<draft.{item}@example.com>"})
    assert word(box, item) is None


def test_an_old_file_s_time_counts(box: Mailbox):
    item = drafted(box)
    file = send(box)
    file = file.rename(file.with_name("1000000000.M1.host:2,S"))
    os.utime(file, (1_700_000_000, 1_700_000_000))
    said = word(box, item)
    assert said is not None
    assert said.since == datetime.fromtimestamp(1_700_000_000, UTC)


@given(st.binary(max_size=400))
def test_no_head_breaks_the_look(data: bytes):
    headers = [("to", data), ("references", data), ("from", data), (drafts.KEY.lower(), data)]
    assert sent._is(headers, "0" * 24) is (b"<" + b"0" * 24 + b"@" in data)
    sent._to_others(headers, "x@example.com")
    sent._came_in(headers, "x@example.com")


def test_the_title_is_the_subject_on_one_line(box: Mailbox):
    context = box.context("draft", subject="Re: a\nb" + "x" * 300)
    title = sent.item(context).title
    assert title.startswith("Draft “Re: a b")
    assert len(title) <= 200
    assert "\n" not in title
