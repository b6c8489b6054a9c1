"""What a mail's head says of it: bulk, automatic, forged, or that nobody would read an answer."""

import pytest

from agents.connectors.mail import marks
from agents.connectors.mail.heads import head
from agents.connectors.mail.marks import Marks

PLAIN = "From: Ann Lee <ann@example.org>\nSubject: Lamp\n"
HEADS = [
    (PLAIN, set()),
    (PLAIN + "Precedence: bulk\n", {"bulk"}),
    (PLAIN + "List-Unsubscribe: <https://shop.example/u>\n", {"bulk"}),
    (PLAIN + "List-Id: <lamps.example.org>\n", {"list"}),
    (PLAIN + "Precedence: list\n", {"list"}),
    (PLAIN + "Auto-Submitted: auto-replied (vacation)\n", {"automatic"}),
    (PLAIN + "Auto-Submitted: no\n", set()),
    (PLAIN + "Return-Path: <>\n", {"automatic"}),
    (PLAIN + "X-Auto-Response-Suppress: All\n", {"automatic"}),
    (PLAIN + "X-Spam-Flag: YES\n", {"spam"}),
    (PLAIN + "X-Spam-Status: No, score=1\n", set()),
    (PLAIN + "Authentication-Results: mx.example; spf=pass; dkim=fail; dmarc=fail (p=none)\n", {"forged"}),
    (PLAIN + "Authentication-Results: mx.example; spf=softfail\n", {"forged"}),
    (PLAIN + "Authentication-Results: mx.example; spf=fail; dkim=pass\n", set()),
    (PLAIN + "Authentication-Results: mx.example; dkim=fail\n", set()),
    (PLAIN + "Authentication-Results: a; dmarc=pass\nAuthentication-Results: b; dmarc=fail\n", set()),
    (PLAIN + "Received-SPF: fail (not permitted)\n", {"forged"}),
    ('From: "ann@example.org" <eve@drop.example>\n', {"forged"}),
    ('From: "ann@mail.example.org" <ann@example.org>\n', set()),
    ("From: ann@example.org, eve@drop.example\n", {"forged"}),
    ("From: MAILER-DAEMON@example.org\n", {"automatic", "no_reply"}),
    ("From: ann@example.org\nSubject: Automatische Antwort: Lampe\n", {"automatic"}),
    ("From: ann@example.org\nSubject: Automatic doors\n", set()),
    ("From: ann@example.org\nReply-To: leave-lamps-12@lists.example\n", {"control"}),
    ("From: no-reply@shop.example\nReply-To: ann@example.org\n", set()),
]
ADDRESSES = [
    *((f"{name}@x.example", "no_reply") for name in ("no-reply", "NoReply", "do_not_reply", "no.reply", "donotreply")),
    *((f"{name}@x.example", "no_reply") for name in ("shop-noreply", "shopnoreply", "noreply+12", "dont-reply")),
    *((f"{name}@x.example", "no_reply") for name in ("keine-antwort", "ne-pas-repondre", "nao-responda", "bounce-1")),
    *((f"{name}@x.example", "control") for name in ("lamps-leave", "unsubscribe", "lamps-request", "owner-lamps")),
    *((f"{name}@x.example", "control") for name in ("unsub-a1", "abmelden", "désabonnement", "afmelden")),
    *((f"{name}@x.example", "") for name in ("ann", "reply", "norbert", "bouncer", "request", "ann.owner", "notrep")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "found"),
    HEADS,
    ids=lambda value: str(sorted(value) if isinstance(value, set) else value)[-40:],
)
def test_signs(written: str, found: set[str]) -> None:
    assert set(head(f"{written}\nHello".encode()).marks.as_data()) == found


def test_addresses_that_read_no_answers() -> None:
    for address, sign in ADDRESSES:
        found = head(f"From: Shop <{address}>\n\n".encode()).marks
        assert set(found.as_data()) == ({sign} - {""}), address
        assert bool(found.unanswerable) is bool(sign)
        if sign:
            assert address.lower() in found.unanswerable


def test_the_mailbox_itself() -> None:
    found = marks.in_mailbox(Marks(), "Support <Support@example.com>", ["support@example.com", ""])
    assert found.unanswerable == "Its sender is this mailbox’s own address."
    assert marks.in_mailbox(Marks(), "support+shop@example.com", ["support@example.com"]) == found
    assert marks.in_mailbox(Marks(), "", [""]) == Marks()


def test_they_come_through_what_the_agent_reads() -> None:
    found = Marks(bulk="Precedence: bulk", forged="spf=fail")
    assert marks.read(found.as_data()) == found
    for nothing in (None, [], "x", {}, {"other": 1}):
        assert marks.read(nothing) == Marks()
