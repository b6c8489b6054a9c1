"""Which pile a mail belongs to, why, and whether somebody waits for an answer: fixed rules. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from agents.connectors.mail import answering, bodies, marks, orders, spam
from agents.connectors.mail.marks import Marks
from agents.connectors.mail.requests import Asked, asked
from agents.connectors.mail.words import pattern

ALERTS, INVOICES, LISTS, MEETINGS = "Alerts", "Invoices", "Lists", "Meetings"
NEWSLETTERS, OTHER, QUESTIONS = "Newsletters", "Other", "Questions"
SPAM, SUSPICIOUS = "Spam-or-fraud", "Suspicious"
LABELS = (ALERTS, INVOICES, LISTS, MEETINGS, NEWSLETTERS, OTHER, QUESTIONS, SPAM, SUSPICIOUS)
UNANSWERED = frozenset({SPAM, SUSPICIOUS, NEWSLETTERS, LISTS})  # whatever they ask
LONGEST_REASON = 160  # characters
LOOKED_AT = 3_000  # characters of the text: a mail says what it is about at its beginning
MANY_LINKS, LONG = 8, 2_000  # of a mail that is written to nobody
# Addresses that programs write from, and such as are made for one mailing.
OF_PROGRAMS = re.compile(
    r"^(?:alerts?|monitor(?:ing)?|notifications?|notify|news|newsletters?|updates?|rss\w*|feeds?|robots?|daemon|cron|root|mailer|"
    r"marketing|promo(?:tions?)?|offers?|deals|digest|announce(?:ments?)?|bulletin|campaigns?|specials?)(?:[-+._][^@]*)?@"
    r"|^[^@]*[#=][^@]*@|^[^@]*[+-](?:bounces?|return)[^@]*@|^(?=[^@]*\d[^@]*\d)[^@]{30,}@",
    re.IGNORECASE,
)
# A mailing list's name before the subject; a ticket's number or a remark of the mail server is none.
TAG = re.compile(
    r"^(?:(?:re|aw|fwd?) ?: ?)*"
    r"\[(?!(?:ext(?:ern(?:al)?)?|urgent|important|ticket|case|order|support|spam|alert|ok|info|confidential|secure)\W)"
    r"([a-z][a-z.-]{2,30})\]\s?\w",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sorted:
    """``waits``: what somebody waits for; None where nobody does, or where no answer must go out."""

    label: str
    reason: str
    waits: Asked | None = None

    @property
    def waiting(self) -> str:
        """Why an answer is drafted."""
        return _line("Somebody waits for an answer", self.waits.first) if self.waits else ""


# What a person tells the agent to remember: “label mail from Lumen Glass as Invoices”.
CORRECTED = re.compile(
    r"\blabel (?:all )?(?:mails?|messages?) from (.{2,100}?) as [“\"]?([\w-]+)[”\"]?\.?$", re.IGNORECASE
)


def corrections(notes: Iterable[str]) -> dict[str, str]:
    """Labels by sender, in small letters, that somebody asked for; of several for one sender the first."""
    found: dict[str, str] = {}
    for note in notes:
        if said := CORRECTED.search(note):
            found.setdefault(said[1].strip('“”"').lower(), said[2])
    return found


@dataclass(frozen=True, slots=True)
class _Mail:
    """A mail as it is looked at. ``unquoted``: without older mails; ``own``: and without footers."""

    subject: str
    text: str
    sender: str
    unquoted: str
    own: str
    marks: Marks
    list_id: str
    waits: Asked | None
    unanswerable: str
    calendar: bool


def sort(mail: Mapping[str, Any], corrected: Mapping[str, str] | None = None) -> Sorted:
    """What gives orders to its reader stays suspicious, whatever a person said of its sender."""
    seen = _seen(mail)
    names = [str(one.get("name")) for one in mail.get("attachments") or [] if isinstance(one, Mapping)]
    pictures = map(str, mail.get("pictures") or [])
    if words := orders.order(seen.subject, seen.text, seen.sender, *names, *pictures):
        return Sorted(SUSPICIOUS, _line("It gives orders to whoever reads it", words))
    if mail.get("hidden_orders"):
        return Sorted(
            SUSPICIOUS, "It gives orders to whoever reads it, in words that a person would not see."
        )
    sender = seen.sender.lower()
    label = next((label for who, label in (corrected or {}).items() if who in sender), "")
    known = Sorted(label, "A person said so of its sender.") if label else _pile(seen, mail)
    if seen.unanswerable or known.label in UNANSWERED:
        return known
    return Sorted(known.label, known.reason, seen.waits)


def _seen(mail: Mapping[str, Any]) -> _Mail:
    subject, text = " ".join(str(mail.get("subject") or "").split()), str(mail.get("text") or "")
    found = marks.read(mail.get("marks"))
    return _Mail(
        subject,
        text,
        str(mail.get("from") or ""),
        bodies.unquoted(text),
        bodies.own_words(text)[:LOOKED_AT],
        found,
        str(mail.get("list_id") or "") or _list_by_tag(subject),
        asked(subject, text) if _is_letter(text) else None,
        unanswerable(mail),
        "text/calendar" in str(mail.get("attachments") or "") or "\n[Calendar: " in f"\n{text}",
    )


def unanswerable(mail: Mapping[str, Any]) -> str:
    """Why no answer to it must go out; empty where one may."""
    return marks.read(mail.get("marks")).unanswerable or _unreachable(mail)


def _is_letter(text: str) -> bool:
    """Is it written to somebody? What is long, without a greeting and an end, is written to many."""
    return len(bodies.unquoted(text)) <= LONG or bodies.is_addressed(text)


def _unreachable(mail: Mapping[str, Any]) -> str:
    """Why an answer would reach nobody, as far as its addresses tell."""
    if not (answered := answering.recipient(mail)):
        return "It names no address for an answer."
    written = (answered, answering.address(str(mail.get("from") or "")))
    program = next((address for address in written if OF_PROGRAMS.search(address)), "")
    return f"Its address is a program’s: {program}" if program else ""


def _list_by_tag(subject: str) -> str:
    """The list that names itself before the subject."""
    tag = TAG.search(subject)
    return tag[1] if tag else ""


def _pile(seen: _Mail, mail: Mapping[str, Any]) -> Sorted:
    """First match wins, so what must not be missed comes first."""
    piles = (_by_a_program(seen), _unwanted(mail), _to_many(seen), _awaited(seen))
    return next((pile for pile in piles if pile), None) or _by_its_words(seen)


def _by_a_program(seen: _Mail) -> Sorted | None:
    """A bounce, an answer by itself, a monitor's message."""
    if not seen.marks.automatic:
        return None
    if _found("bounce", seen.subject, seen.text[:LOOKED_AT]):
        return Sorted(ALERTS, _line("A mail server says that a message did not arrive."))
    if (seen.marks.bulk or seen.marks.list) and "auto-replied" not in seen.marks.automatic:
        return None
    answers = "auto-replied" in seen.marks.automatic or "answer" in seen.marks.automatic
    told = None if answers else _by_its_words(seen)
    if told is None or told.label == OTHER:
        return Sorted(OTHER, _line(f"A program sent it ({seen.marks.automatic})."))
    return told


def _unwanted(mail: Mapping[str, Any]) -> Sorted | None:
    why = spam.suspicion(mail)
    return Sorted(SPAM, _line(f"It looks like advertising or fraud: {why}.")) if why else None


def _to_many(seen: _Mail) -> Sorted | None:
    """A newsletter or a mailing list, by its head, its footer, or its make."""
    over = seen.marks.list or seen.list_id
    footer = "" if _found("refused", seen.own) else _found("footer", seen.unquoted)
    calls = _found("news_subject", seen.subject) or _found("newsletter", seen.unquoted[:LOOKED_AT])
    if over and not (calls and footer):
        return Sorted(LISTS, _line("It came over a mailing list", seen.list_id or over))
    if over or seen.marks.bulk:
        return Sorted(NEWSLETTERS, _line("It went to many at once", calls or seen.marks.bulk or over))
    if footer or (calls and seen.waits is None):
        return Sorted(NEWSLETTERS, _line("It reads like a newsletter", footer or calls))
    many = len(re.findall(r"https?://", seen.unquoted)) >= MANY_LINKS and len(seen.unquoted) > LONG
    return Sorted(NEWSLETTERS, _line("It is long, full of links, and written to nobody.")) if many else None


def _awaited(seen: _Mail) -> Sorted | None:
    """A person who waits: for a date to agree on, a bill to be paid, or an answer."""
    if seen.waits is None or seen.unanswerable:
        return None
    first = seen.waits.first
    if words := _meeting(seen):
        return Sorted(MEETINGS, _line("It is about a meeting", words))
    bill = _found("invoice_text", seen.own) or _found("invoice_subject", seen.subject)
    if bill and _found("pay", first):
        return Sorted(INVOICES, _line("It is about a bill to pay", first))
    return Sorted(QUESTIONS, _line("It asks", first))


def _by_its_words(seen: _Mail) -> Sorted:
    """Nobody waits for an answer: a monitor's message, a bill, a date, or a word in passing."""
    for label, words in _telling_words(seen):
        if words:
            return Sorted(label, _line("It says", words))
    return Sorted(OTHER, _line(f"Nobody waits for an answer. {seen.unanswerable}"))


def _telling_words(seen: _Mail) -> Iterator[tuple[str, str]]:
    """A word in a long text is often by the way; in a subject it is the matter."""
    yield ALERTS, _found("alert", seen.subject)
    yield INVOICES, _found("invoice_subject", seen.subject) or _found("invoice_text", seen.own)
    yield MEETINGS, _meeting(seen)


def _meeting(seen: _Mail) -> str:
    said = _found("meeting_text", seen.own) or _found("meeting_subject", seen.subject)
    return said or ("a calendar entry" if seen.calendar else "")


def _found(words: str, *places: str) -> str:
    """The words of this list that stand in one of the places."""
    searched = pattern("piles", words)
    return next((match[0] for place in places if (match := searched.search(place))), "")


def _line(reason: str, words: str = "") -> str:
    quoted = f"{reason}: “{_cut(words, 90)}”" if words else reason
    return _cut(quoted, LONGEST_REASON)


def _cut(words: str, longest: int) -> str:
    plain = " ".join(words.split())
    return plain if len(plain) <= longest else f"{plain[: longest - 1]}…"
