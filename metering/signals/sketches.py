"""Keyed sketches of instructions: they tell how alike two are, not what they say. Pure.

A sketch holds the smallest keyed hashes of the text's word pairs (bottom-k MinHash). Only who has the installation's
key can try words against it.
"""

import hashlib
import re
from functools import lru_cache
from itertools import pairwise

WORD = re.compile(r"\w+")
KEPT = 32  # hashes of a sketch; a shorter text has fewer
WIDTH = 4  # bytes of each

Marks = frozenset[int]


def sketch(text: str, key: bytes) -> bytes:
    """At most KEPT × WIDTH bytes. The same words in the same order give the same bytes, whatever the case."""
    words = WORD.findall(text.casefold())
    pairs = set(pairwise(words)) or {(word, "") for word in words}
    secret = hashlib.blake2b(key, digest_size=32).digest()
    found = sorted(
        hashlib.blake2b(" ".join(pair).encode(), digest_size=WIDTH, key=secret).digest() for pair in pairs
    )
    return b"".join(found[:KEPT])


@lru_cache(maxsize=20_000)
def marks(stored: bytes) -> Marks:
    return frozenset(int.from_bytes(stored[at : at + WIDTH]) for at in range(0, len(stored), WIDTH))


def likeness(one: Marks, other: Marks) -> float:
    """The share of word pairs in common, 0 to 1, estimated from the smallest hashes of both."""
    if not one or not other:
        return 0.0
    smallest = sorted(one | other)[:KEPT]
    return sum(mark in one and mark in other for mark in smallest) / len(smallest)
