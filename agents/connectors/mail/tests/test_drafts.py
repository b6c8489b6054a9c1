"""Drafts: to whom, in which conversation, and written once."""

from pathlib import Path
from typing import Any

import pytest

from agents.connectors.base import ConnectorError
from agents.connectors.mail.tests.mailbox_copy import Mailbox


@pytest.fixture
def box(tmp_path: Path, settings: Any) -> Mailbox:
    settings.MAIL_ROOT = tmp_path / "mailboxes"
    settings.MAIL_ROOT.mkdir()
    return Mailbox(settings.MAIL_ROOT)


def test_draft_answers_in_the_conversation(box: Mailbox) -> None:
    message = box.ids()[0]
    draft = {
        "in_reply_to": message,
        "to": ["emi@example.com"],
        "subject": "Re: Grüße\nBcc: x@y.test",
        "text": "a\nß",
    }
    assert box.happened("draft", **draft) is None
    result = box.call("draft", **draft)
    assert (result.counts, result.summary) == ({"drafted": 1}, "Drafted one mail")
    assert box.call("draft", **draft) == result
    (written,) = box.drafts()
    assert written["From"] == "support@example.com"
    assert written["To"] == "emi@example.com"
    assert written["Bcc"] is None
    assert written["X-Portal-Errand"] == "k1"
    assert written["In-Reply-To"] == "<shielding-7@example.com>"
    assert written["References"].split()[-1] == "<shielding-7@example.com>"
    assert len(written["References"].split()) == 4
    assert written["References"].startswith("<draft."), "the mark by which it is known once it was sent"
    assert next((box.path / ".Drafts" / "cur").iterdir()).name.endswith(":2,D")
    assert box.call("read", message=result.data["message"]).data["text"] == "a\nß"
    box.call("draft", "k2", to=["emi@example.com"], subject="New", text="x")
    assert len(box.drafts()) == 2


def test_a_draft_that_a_person_edited_is_still_found(box: Mailbox) -> None:
    box.call("draft", to=["emi@example.com"], subject="New", text="x")
    file = next((box.path / ".Drafts" / "cur").iterdir())
    file.rename(file.with_name("1900000000.M1.mua:2,DS"))
    result = box.happened("draft", to=["emi@example.com"], subject="New", text="x")
    assert result is not None
    assert result.data["message"] == "1900000000.M1.mua"
    assert box.happened("draft", "other", to=["emi@example.com"], subject="New", text="x") is None


@pytest.mark.parametrize(
    "to",
    [
        [],
        ["mia"],
        ["Mia <mia@example.com>"],
        ["x@drop.test, mia@example.com"],
        ['"x@drop.test\\" "@example.com'],
        ["mia@example.com\nBcc: x@drop.test"],
        ["mïa@example.com"],
        ["mia@straße.example"],  # some programs write to strasse.example
        [f"m{number}@example.com" for number in range(21)],
    ],
)
def test_recipients_that_are_none(box: Mailbox, to: list[str]) -> None:
    with pytest.raises(ConnectorError):
        box.call("draft", to=to, subject="s", text="t")
    assert not (box.path / ".Drafts").exists()


def test_a_domain_in_letters_of_ones_own(box: Mailbox) -> None:
    box.call("draft", to=["hans@müller.example"], subject="s", text="t")
    assert [draft["To"] for draft in box.drafts()] == ["hans@xn--mller-kva.example"]
