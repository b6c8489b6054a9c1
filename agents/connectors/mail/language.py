"""Guesses which of seven languages a text is in, by their commonest little words. Pure."""

import re
from collections import Counter
from functools import cache

from agents.connectors.mail.words import listed

ENGLISH = "en"
_NO_WORD = re.compile(r"\S+[.@/]\S+")  # links and addresses: “com” is Portuguese
LOOKED_AT = 2_000  # characters
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def language(text: str) -> str:
    """``en``, ``de``, ``fr``, ``es``, ``it``, ``pt`` or ``nl``; English where nothing speaks for another."""
    low = _NO_WORD.sub(" ", text[:LOOKED_AT].lower().replace("’", "'"))
    found = Counter(_WORD.findall(low))
    scores = {
        name: sum(weight * min(found[word], 3) for word, weight in words.items())
        + sum(sign in low for sign in signs)
        for name, (words, signs) in _languages().items()
    }
    return max(scores, key=lambda name: (scores[name], name == ENGLISH))


@cache
def _languages() -> dict[str, tuple[dict[str, int], str]]:
    """By language its little words, which count twice where no other has them, and letters that no other has."""
    data = {
        name: (frozenset(said["words"].split()), said["signs"]) for name, said in listed("languages").items()
    }
    shared = Counter(word for words, _ in data.values() for word in words)
    return {
        name: ({word: 2 if shared[word] == 1 else 1 for word in words}, signs)
        for name, (words, signs) in data.items()
    }
