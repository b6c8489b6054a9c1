"""Takes the secrets that this process has decrypted out of texts that are logged, shown or stored.

Nothing of ours writes a secret down. This is for libraries and other systems that repeat what they were sent.
"""

import base64
import logging
import threading
from collections import OrderedDict
from collections.abc import Iterator
from itertools import chain
from typing import Any
from urllib.parse import quote

SHORTEST = 6  # characters; a shorter one is found in every text
MOST = 200  # secrets that are remembered
SHOWN = "•••"

_known: OrderedDict[str, tuple[str, ...]] = OrderedDict()
_spelled: tuple[
    str, ...
] = ()  # all of them, made anew when one comes: texts are looked through far more often
_lock = threading.Lock()


def remember(secret: str) -> str:
    """From here on it is taken out, also as it is written in addresses and in headers."""
    global _spelled
    if len(secret) >= SHORTEST:
        with _lock:
            new = secret not in _known
            if new:
                _known[secret] = _spellings(secret)
            _known.move_to_end(secret)
            if len(_known) > MOST:
                _known.popitem(last=False)
            if new:
                _spelled = tuple(chain.from_iterable(_known.values()))
    return secret


def scrubbed(value: Any) -> Any:
    """The same value without them, in keys and at every depth."""
    if not _spelled:
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return {scrubbed(key): scrubbed(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return type(value)(scrubbed(one) for one in value)
    return value


class Formatter(logging.Formatter):
    """For lines of the log with their traces."""

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        return _text(line)


def _text(text: str) -> str:
    for spelling in _spelled:
        if spelling in text:
            text = text.replace(spelling, SHOWN)
    return text


def _spellings(secret: str) -> tuple[str, ...]:
    """As it is, in an address, inside of a text that is quoted, in base64 alone and among other words in base64."""
    raw = secret.encode(errors="replace")
    found = [secret, quote(secret, safe=""), repr(secret)[1:-1], base64.b64encode(raw).decode().rstrip("=")]
    found += [part for part in _within_base64(raw) if len(part) >= SHORTEST]
    return tuple(sorted(dict.fromkeys(found), key=len, reverse=True))


def _within_base64(raw: bytes) -> Iterator[str]:
    """How it reads behind one, two or three other bytes, without the letters that hold bits of its neighbours."""
    for ahead in range(3):
        text = base64.b64encode(bytes(ahead) + raw).decode()
        yield text[-(-8 * ahead // 6) : 8 * (ahead + len(raw)) // 6]
