"""Marks of the chain's end in a file outside of the database, each signed and chained to the last.

To rewrite the trail unnoticed takes the database, the key, this file and every copy of it elsewhere.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils import timezone

from portal.audit.seals import Seal, TrailCheck
from portal.reasons import Stored, because

LATE = timedelta(hours=2)
FAULTS = {
    "marks.none": "There are no marks in {file}, though the trail is older than two hours.",
    "marks.unread": "The marks cannot be read: {why}.",
    "marks.forged": "Line {line} of the marks was not written by this portal, or the one before it was changed.",
    "marks.fewer": "There are {now} marks, and there were {before}: the newest were cut off.",
    "marks.late": "The newest mark is of {at:moment}, and the trail went on for more than two hours after it.",
    "trail.cut": "Seal {seal}, of which there is a mark of {at:moment}, is not here any more: the trail was cut short.",
    "trail.rewritten": "Seal {seal} is not the one of which there is a mark of {at:moment}: the trail was rewritten.",
}


@dataclass(frozen=True)
class Line:
    at: str
    seal: int
    entries: int
    digest: str
    previous: str
    signature: str

    @classmethod
    def parsed(cls, text: str) -> "Line":
        """Raises ValueError and TypeError."""
        return cls(**json.loads(text))

    @property
    def signed(self) -> bytes:
        return json.dumps([self.at, self.seal, self.entries, self.digest, self.previous]).encode()


@cache
def _key(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(secret.encode()).digest())


def public_key() -> str:
    return _key(settings.TRAIL_KEY).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def append() -> bool:
    """Mark the newest seal; says whether there was one. Raises OSError."""
    newest = Seal.objects.order_by("-number").first()
    if newest is None:
        return False
    file: Path = settings.TRAIL_MARKS
    entries = sum(Seal.objects.values_list("entries", flat=True))
    descriptor = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "rb+") as handle:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        previous = (handle.read().splitlines() or [b""])[-1]
        said: dict[str, Any] = {
            "at": timezone.now().isoformat(),
            "seal": newest.number,
            "entries": entries,
            "digest": bytes(newest.digest).hex(),
            "previous": hashlib.sha256(previous).hexdigest() if previous else "",
        }
        signature = _key(settings.TRAIL_KEY).sign(Line(**said, signature="").signed)
        os.write(descriptor, json.dumps({**said, "signature": signature.hex()}).encode() + b"\n")
        os.fsync(descriptor)
    return True


def read() -> list[str]:
    """The file's lines. Raises OSError."""
    file: Path = settings.TRAIL_MARKS
    return file.read_text().splitlines() if file.exists() else []


def fault() -> tuple[Stored, int]:
    """What is wrong when the database is compared with the marks, and how many those are."""
    try:
        texts = read()
    except (OSError, UnicodeDecodeError) as error:
        return because("marks.unread", why=getattr(error, "strerror", "") or "it is no text"), 0
    return _forged(texts) or _differs(texts) or _incomplete(texts), len(texts)


def _forged(texts: list[str]) -> Stored:
    previous = ""
    public = _key(settings.TRAIL_KEY).public_key()
    for number, text in enumerate(texts, 1):
        try:
            line = Line.parsed(text)
            public.verify(bytes.fromhex(line.signature), line.signed)
            right = line.previous == (hashlib.sha256(previous.encode()).hexdigest() if previous else "")
        except (ValueError, TypeError, InvalidSignature):
            right = False
        if not right:
            return because("marks.forged", line=number)
        previous = text
    return {}


def _differs(texts: Iterable[str]) -> Stored:
    seals = {number: bytes(digest).hex() for number, digest in Seal.objects.values_list("number", "digest")}
    for line in map(Line.parsed, texts):
        if line.seal not in seals:
            return because("trail.cut", seal=line.seal, at=line.at)
        if line.digest != seals[line.seal]:
            return because("trail.rewritten", seal=line.seal, at=line.at)
    return {}


def _incomplete(texts: list[str]) -> Stored:
    """Marks that should be there. A seal of the last two hours may wait for its mark."""
    checked = TrailCheck.objects.exclude(ended_at=None).order_by("-marks").first()
    if checked and checked.marks > len(texts):
        return because("marks.fewer", now=len(texts), before=checked.marks)
    old = Seal.objects.filter(at__lt=timezone.now() - LATE)
    if not texts:
        return because("marks.none", file=settings.TRAIL_MARKS.name) if old.exists() else {}
    newest = Line.parsed(texts[-1])
    if old.filter(number__gt=newest.seal, at__gt=datetime.fromisoformat(newest.at) + LATE).exists():
        return because("marks.late", at=newest.at)
    return {}
