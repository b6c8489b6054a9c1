"""Is a mail spam or fraud? Signs of it are weighed by fixed numbers, and named. Pure.

The words are of general knowledge (``words/spam.toml``). The weights come from a logistic regression over 300 mails of
which the truth was known, rounded; ``agents/docs/measured.md`` says what they come to on mails they were not made on.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from agents.connectors.mail import marks
from agents.connectors.mail.marks import Marks
from agents.connectors.mail.seen.links import FORM
from agents.connectors.mail.words import any_of, either, listed, pattern

LOOKED_AT = 6_000  # characters of the text
USUAL = 1_500  # characters of a mail; a longer one holds more of any words
MOST = 5  # different words of one theme that count
ENOUGH = 3.8  # points
AROUND = frozenset({"hype", "leave", "click"})  # themes that ordinary mail has too
WEIGHTS: Mapping[str, float] = {
    # of its words, by theme: of all together, of the strongest, in the subject, and those of ordinary mail
    "sharp": 0.6,
    "sharpest": 0.95,
    "sharp_subject": 0.65,
    "hype_subject": 0.3,
    "leave": 0.95,
    "click": 0.8,
    # of its make
    "capitals": 0.6,
    "capital_subject": 0.2,
    "marks": 0.5,
    "mark_subject": 0.65,
    "gibberish": 0.6,
    "tags": 0.85,
    "charset": 0.8,
    "numbered": 1.6,
    "form": 0.4,
    "writes_to": 0.4,
    # of its head
    "free": 0.75,
    "nameless": 1.2,
    "elsewhere": 0.4,
    "nobody": 0.3,
    "called": 0.4,
    "server": 2.0,
    "forged": 1.0,
    # what speaks against it
    "answers": -0.9,
    "quotes": -1.0,
    "wrote": -0.5,
    "tag": -0.5,
    "links": -0.8,
    "long": -0.4,
    "purchase": -1.5,
}
# What a person is told beside the themes.
SAID: Mapping[str, str] = {
    "server": "the mail server calls it spam",
    "forged": "its sender may be forged",
    "gibberish": "a code at the end of its subject",
    "nameless": "a sender without a name",
    "numbered": "a link to a number instead of a name",
    "capitals": "capital letters",
    "marks": "exclamation marks",
}
GIBBERISH = re.compile(
    r"[\s!?.](?:[A-Z]{5,}|[a-z]*[bcdfghjklmnpqrstvwxz]{5,}[a-z]*|\d{4,}[A-Za-z0-9]*|[a-z]+\d+[a-z\d]+)$"
)
NUMBERED = re.compile(
    r"order|invoice|ticket|case|bestell|rechnung|commande|facture|pedido|ordine|fattura|encomenda|factuur|#"
    r"|\b(?:no|nr|n°)\b",
    re.IGNORECASE,
)
_LINK = re.compile(r"https?://\S{4,200}", re.IGNORECASE)
_NUMBERED_HOST = re.compile(
    r"https?://(?:[^/@\s]{0,60}@)?(?:\d{1,3}(?:\.\d{1,3}){3}|\d{8,10}|0x[0-9a-f]{8})\b", re.IGNORECASE
)
_LETTERS = re.compile(r"[^\W\d_]{3,}")
_WROTE = re.compile(r"\b(?:wrote|writes|schrieb|écrit|escribió|scritto|escreveu|schreef)\s?:")
_TAGS = re.compile(r"<(?:html|body|font|table|br|a href)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Theme:
    title: str
    words: re.Pattern[str]

    def found(self, text: str) -> set[str]:
        return {match[0].lower() for match in self.words.finditer(text)}


@cache
def themes() -> dict[str, Theme]:
    """By name. Words are looked for where words begin, except in writing without spaces."""
    return {
        name: Theme(
            said["title"],
            any_of(said["words"])
            if said.get("inside")
            else any_of([rf"(?<![^\W_])(?:{either(said['words'])})"]),
        )
        for name, said in listed("spam").items()
    }


@dataclass(frozen=True, slots=True)
class _Mail:
    """A mail as it is looked at. ``said``: subject and text in one line; ``words``: what it says of each theme."""

    subject: str
    text: str
    said: str
    sender: str
    reply_to: str
    marks: Marks
    words: Mapping[str, set[str]]


def suspicion(mail: Mapping[str, Any]) -> str:
    """Why it looks like spam or fraud, in words; empty where it does not."""
    seen = _seen(mail)
    found = _signs(seen, mail)
    if sum(WEIGHTS[name] * value for name, value in found.items()) < ENOUGH:
        return ""
    named = sorted(
        ((len(words), themes()[name].title) for name, words in seen.words.items() if words), reverse=True
    )
    told = [title for _, title in named[:3]] + [words for name, words in SAID.items() if found[name] > 0]
    return ", ".join(told[:4])


def signs(mail: Mapping[str, Any]) -> dict[str, float]:
    """What speaks for spam, and what against it, each from 0 up."""
    return _signs(_seen(mail), mail)


def _seen(mail: Mapping[str, Any]) -> _Mail:
    subject, text = " ".join(str(mail.get("subject") or "").split()), str(mail.get("text") or "")[:LOOKED_AT]
    said = " ".join(f"{subject}\n{text}".split())
    return _Mail(
        subject,
        text,
        said,
        str(mail.get("from") or ""),
        str(mail.get("reply_to") or ""),
        marks.read(mail.get("marks")),
        {name: theme.found(said) for name, theme in themes().items()},
    )


def _signs(seen: _Mail, mail: Mapping[str, Any]) -> dict[str, float]:
    links = [link for link in mail.get("links") or () if isinstance(link, Mapping)]
    leads = [str(link.get("to")) for link in links] + _LINK.findall(seen.text)
    yes_or_no = {
        "sharp_subject": any(
            theme.words.search(seen.subject) for name, theme in themes().items() if name not in AROUND
        ),
        "hype_subject": themes()["hype"].words.search(seen.subject),
        "capital_subject": _shouts(seen.subject),
        "marks": "!!" in seen.said,
        "mark_subject": "!" in seen.subject,
        "gibberish": GIBBERISH.search(seen.subject) and not NUMBERED.search(seen.subject),
        "tags": _TAGS.search(seen.text),
        "charset": any("charset" in str(problem) for problem in mail.get("problems") or ()),
        "numbered": any(_NUMBERED_HOST.match(link) for link in leads),
        "form": any(link.get("text") == FORM for link in links),
        "writes_to": any(link.lower().startswith("mailto:") for link in leads),
        "free": pattern("signs", "free").search(seen.sender),
        "nameless": "<" not in seen.sender,
        "elsewhere": seen.reply_to and _domain(seen.sender) != _domain(seen.reply_to),
        "nobody": not mail.get("to"),
        "called": pattern("signs", "called").search(seen.said),
        "server": seen.marks.spam,
        "forged": seen.marks.forged,
        "answers": re.match(r"(?:re|aw|sv)(?:\[\d\])?:", seen.subject, re.IGNORECASE),
        "quotes": re.search(r"^\s?>", seen.text, re.MULTILINE),
        "wrote": _WROTE.search(seen.text),
        "tag": re.search(r"\[[\w .-]{2,30}\]", seen.subject),
        "long": len(seen.text) > 4_000,
        "purchase": pattern("signs", "purchase").search(seen.said),
    }
    return {
        **_of_themes(seen),
        **{name: float(bool(value)) for name, value in yes_or_no.items()},
        "capitals": _capitals(seen.text),
        "links": min(len(re.findall(r"https?://", seen.text)) / 5, 1.0),
    }


def _of_themes(seen: _Mail) -> dict[str, float]:
    density = max(1.0, len(seen.said) / USUAL) ** -0.5
    counts = {name: min(len(words), MOST) * density for name, words in seen.words.items()}
    sharp = [count for name, count in counts.items() if name not in AROUND]
    return {
        "sharp": min(sum(min(count, 3.0) for count in sharp), 6.0),
        "sharpest": min(max(sharp), 4.0),
        "leave": min(counts["leave"], 3.0),
        "click": min(counts["click"], 3.0),
    }


def _capitals(text: str) -> float:
    words = _LETTERS.findall(text)
    return min(5.0 * sum(map(str.isupper, words)) / max(len(words), 20), 1.0)


def _shouts(subject: str) -> bool:
    words = _LETTERS.findall(subject)
    return len(words) > 1 and sum(map(str.isupper, words)) >= max(2, len(words) / 2)


def _domain(shown: str) -> str:
    return shown.rpartition("@")[2].rstrip("> ").lower()
