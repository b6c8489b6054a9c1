"""The one record that the person's words fit: “the shoes I bought today” among what they bought.

A name that a record bears is rarely written in full. Where others see the call, a part of it is enough only for one
record of all that were listed, in a list of the person's own that is signed by nobody, and only where the person asks
for what the capability does. Whoever else's record could be meant as well makes it none.
"""

import re
from collections.abc import Iterable
from itertools import pairwise

from agents.policy.declarations import Capability
from agents.policy.language.naming import GRAMMAR, THE, is_asked, is_turned_down
from agents.policy.language.tokens import compared, words

LEAST = 3  # letters of a word that means a thing


def label_words(label: object) -> tuple[str, ...]:
    """The words of a label in the order in which they stand; plurals as their singular."""
    return tuple(map(_single, words(label))) if isinstance(label, str) else ()


def may_fit(label: tuple[str, ...], said: frozenset[str]) -> bool:
    """Does any word of the label stand in the instruction?"""
    return any(_means(word) and word in said for word in label)


def fits(label: tuple[str, ...], written: str) -> bool:
    """Is it what the person calls “the mouse”, or “running shoes”: a word behind an article, or two in a row?

    ``written``: compared text.
    """
    if any(_means(word) and is_turned_down(word, written) for word in label):
        return False
    for first, second in pairwise(label):
        if (
            _means(first)
            and _means(second)
            and re.search(rf"\b{_spelled(first)}[ \-]{_spelled(second)}\b", written)
        ):
            return True
    return any(
        _means(word) and re.search(rf"\b{THE} (?:[\w'’\-]+[ \-]){{0,2}}?(?:\w-)?{_spelled(word)}\b", written)
        for word in label
    )


def said_words(written: str) -> frozenset[str]:
    return frozenset(map(_single, words(written)))


def is_mandate(capability: Capability, written: str) -> bool:
    """Does the person ask for what it does, by the verb that it is called by? Not where others wrote its words."""
    return not capability.foreign and any(is_asked(act, written) for act in set(_acts(capability)))


def _acts(capability: Capability) -> Iterable[str]:
    """``refund``; of “buy and pay for products” both verbs."""
    for text in (
        capability.name.rpartition(".")[2].replace("_", " "),
        capability.title,
        capability.description,
    ):
        found = words(text)
        if found and _means(found[0]):
            yield found[0]
            if len(found) > 2 and found[1] in {"and", "or"}:
                yield found[2]


def _means(word: str) -> bool:
    return len(word) >= LEAST and word.isalpha() and word not in GRAMMAR


def _single(word: str) -> str:
    word = compared(word)
    return word[:-1] if len(word) > LEAST and word.endswith("s") and not word.endswith("ss") else word


def _spelled(word: str) -> str:
    return rf"{re.escape(word)}s?"
