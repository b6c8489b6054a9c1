"""Orders to the program that reads a mail, in seven languages and in whatever part of it. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from agents.connectors.mail.words import either, listed

LATER = r"(?:future|further|new|künftige|zukünftige|futur|futuros|futuri|toekomstige)"  # mail that is still to come
FEW = r"\b(?:\W+\w+){0,6}?\W+"  # a few words in between


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(
        re.compile(pattern, re.IGNORECASE)
        for language in listed("orders").values()
        for pattern in _of_language({name: either(words) for name, words in language.items()})
    )


def _of_language(words: dict[str, str]) -> Iterator[str]:
    yield rf"\b(?:{words['drop']}){FEW}(?:{words['rules']})\b"
    yield rf"\b(?:{words['to']})\W{{0,3}}(?:the |any |all |an? )?(?:{words['reader']})\b.{{0,80}}?\b(?:{words['do']})\b"
    yield (
        rf"\b(?:{words['take']})(?:[ -](?:me|us|mir|uns|nous|mij|ons))?(?: (?:{words['all']}))+ "
        rf"(?:(?!{LATER})\w+ ){{0,3}}?"
        rf"(?:{words['what']})\b.{{0,60}}?\S@\w"
    )
    yield words["whole"]


def order(*texts: str) -> str:
    """The words that give an order to the program that reads; empty where none do."""
    seen = [reading for text in texts for reading in _readings(text)]
    matches = (pattern.search(reading) for reading in seen for pattern in _patterns())
    return next((match[0] for match in matches if match), "")


def _readings(text: str) -> list[str]:
    """As it stands, and as it reads where its letters stand apart (``i g n o r e``)."""
    plain = " ".join(_seen(text).split())
    joined = _APART.sub(lambda found: re.sub(r"[\W_]", "", found[0]), plain)
    return [plain] if joined == plain else [plain, joined]


_APART = re.compile(r"(?<!\w)\w(?:[ .\-_*]\w){3,}(?!\w)")


def _seen(text: str) -> str:
    """The letters that a person sees: nothing that hides among them, and none of another alphabet that looks alike."""
    shown = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in shown if unicodedata.category(sign) != "Cf").translate(_ALIKE)


_ALIKE = str.maketrans("аеорсухіѕԁɡοα’‘", "aeopcyxisdgoa''")
