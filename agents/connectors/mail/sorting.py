"""Which pile a mail belongs to, by fixed rules over its headers and words. Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from agents.policy.language.links import holds_code, holds_link

# First match wins, so what must not be missed comes first.
RULES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (label, re.compile(words, re.IGNORECASE))
    for label, words in (
        (
            "Suspicious",
            r"(ignore|forget|disregard) (all |any |your |the |previous |prior )+(instructions|rules|orders)",
        ),
        ("Alerts", r"\b(alert|alarm|outage|down|incident|failed|failure|warning|critical)\b"),
        ("Invoices", r"\b(invoices?|rechnung(en)?|payment due|overdue|billing|receipt|amount due)\b"),
        ("Meetings", r"\b(meeting|appointment|calendar|reschedule|termin|conference call|agenda)\b"),
        (
            "Newsletters",
            r"\b(newsletter|unsubscribe|this week in|digest|special offer|discount|free trial)\b",
        ),
    )
)
QUESTION = re.compile(
    r"\b(could|can|would|will|do|does|is|are|when|where|how|what|which|why"
    r"|können|kann|könnten|haben|gibt|ist|sind|wann|wo|wie|was|welche[rs]?|warum)\b[^.?!\n]{3,200}\?",
    re.IGNORECASE,
)
NO_REPLY = re.compile(r"\b(no-?reply|do-?not-?reply|mailer-daemon|postmaster|bounce)", re.IGNORECASE)
LOOKED_AT = 3_000  # characters of the text: a mail says what it is about at its beginning


# What a person tells the agent to remember: “label mail from Lumen Glass as Invoices”.
CORRECTED = re.compile(
    r"\blabel (?:all )?(?:mails?|messages?) from (.{2,100}?) as [“\"]?(\w+)[”\"]?\.?$", re.IGNORECASE
)


def corrections(notes: Iterable[str]) -> dict[str, str]:
    """Labels by sender, in small letters, that somebody asked for; of several for one sender the first."""
    found: dict[str, str] = {}
    for note in notes:
        if said := CORRECTED.search(note):
            found.setdefault(said[1].strip('“”"').lower(), said[2])
    return found


def sort(mail: dict[str, Any], corrected: Mapping[str, str] | None = None) -> str:
    """The label for a mail as ``mail.read`` returns it. What gives orders to its reader stays suspicious."""
    subject, text = str(mail.get("subject") or ""), str(mail.get("text") or "")[:LOOKED_AT]
    if RULES[0][1].search(subject) or RULES[0][1].search(text):
        return RULES[0][0]
    sender = str(mail.get("from") or "").lower()
    if label := next((label for who, label in (corrected or {}).items() if who in sender), ""):
        return label
    for label, words in RULES[1:]:
        # A word in a long text is often by the way; in a subject it is the matter. Orders to a reader never are.
        if words.search(subject) or (label in ("Invoices", "Newsletters") and words.search(text)):
            return label
    if mail.get("list_id"):
        return "Lists"
    return "Questions" if QUESTION.search(text) else "Other"


def wants_reply(mail: dict[str, Any], label: str) -> bool:
    """A question from a person, not from a list or a machine."""
    sender = str(mail.get("from") or "")
    return label == "Questions" and not mail.get("list_id") and "@" in sender and not NO_REPLY.search(sender)


def reply_to(mail: dict[str, Any]) -> str:
    """A holding answer, for a person to finish."""
    subject = plain_subject(mail)
    message = f"your message “{subject}”" if subject else "your message"
    return f"Hello,\n\nthank you for {message}. We have read it and will answer it soon.\n\nKind regards\n"


def plain_subject(mail: dict[str, Any]) -> str:
    """The subject, unless it holds a link, an address or a code: copying that would need a person's yes each time."""
    subject = str(mail.get("subject") or "").strip()
    return "" if holds_link(subject) or holds_code(subject) else subject
