"""Does somebody wait for an answer to this mail? Questions and requests in seven languages. Pure."""

import re
from dataclasses import dataclass
from functools import cache

from agents.connectors.mail import bodies
from agents.connectors.mail.words import any_of, either, listed, pattern

LOOKED_AT = 4_000  # characters of what the sender wrote
LEAST = 3  # words of a question; “Really?” waits for nothing
LEAST_SIGNS = 6  # of one in Chinese or Japanese
MARKS = ("?", "？", "؟")


_ANSWER = re.compile(
    r"^\W*(?:re|aw|sv|antw|ref?|rif|r|fw|fwd|wg|tr|rv|i|enc|doorst)(?:\[\d+\])?\s*:", re.IGNORECASE
)


@cache
def requests() -> re.Pattern[str]:
    """What asks, with or without a question mark."""
    words = listed("requests")
    nothing = either(words["not_asked"])
    please = rf"\b(?:please|kindly|pls)[, ]+(?:(?:also|just|could you|can you) )?(?!{nothing})[a-z]{{3,}}"
    return any_of([please, *words["requests"]])


def _says(what: str, sentence: str) -> bool:
    return bool(pattern("requests", what).search(sentence))


@dataclass(frozen=True, slots=True)
class Asked:
    """What waits for an answer: the sentences that ask, as they were written."""

    sentences: tuple[str, ...]

    @property
    def first(self) -> str:
        return self.sentences[0]


def asked(subject: str, text: str) -> Asked | None:
    """What the sender waits for: in their own words, not in quoted ones; in a subject where it begins the matter."""
    own = bodies.own_words(text)[:LOOKED_AT]
    said = bodies.sentences(own)
    found = [sentence for sentence in said if asks(sentence)]
    if not found and not any(_says("over", sentence) for sentence in said):
        found = [
            sentence for sentence in said if _says("trouble", sentence) and not _says("courtesy", sentence)
        ]
        plain = " ".join(subject.split())
        if not found and not _ANSWER.match(plain) and asks_as_subject(plain):
            found = [plain]
    return Asked(tuple(found)) if found else None


def asks(sentence: str) -> bool:
    """Does one sentence ask for something?"""
    if _says("rhetorical", sentence.lstrip(" ¿¡\"“'(-*•")):
        return False
    asked_with = sentence.rstrip("\"”')]」』） ").rstrip("!！")
    question = asked_with.endswith(MARKS) and (len(sentence.split()) >= LEAST or _is_unspaced(sentence))
    if question:
        return not re.match(r"(?:any |(?:noch |weitere )?)(?:questions|fragen)\b", sentence, re.IGNORECASE)
    return (
        bool(requests().search(sentence)) and not _says("courtesy", sentence) and not _says("over", sentence)
    )


def _is_unspaced(sentence: str) -> bool:
    """Chinese and Japanese put no spaces between words."""
    return sum("\u3040" <= sign <= "\u9fff" for sign in sentence) >= LEAST_SIGNS


def asks_as_subject(subject: str) -> bool:
    words = len(subject.split())
    if words < LEAST:
        return False
    return asks(subject) or _says("subjects", subject)
