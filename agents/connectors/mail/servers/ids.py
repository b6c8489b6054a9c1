"""Names of messages on a server: they find a message again after it was moved, its folder renamed or numbered anew.

An id holds what the message is (the second of its arrival and a digest of its head, which never change) and where it
was.
"""

import hashlib
import re
from dataclasses import dataclass

from agents.connectors.mail.mime import LONGEST_HEAD

_id = re.compile(r"([0-9]{1,12})\.([0-9a-f]{16})\.([0-9a-f]{1,8})-([0-9a-f]{1,8})-([0-9a-f]{8})\.imap")


@dataclass(frozen=True, slots=True)
class Place:
    """``identity``: what it is. ``code``, ``validity``, ``uid``: where it was."""

    at: int
    mark: str
    validity: int
    uid: int
    code: str

    @property
    def identity(self) -> str:
        return f"{self.at}.{self.mark}"

    def __str__(self) -> str:
        return f"{self.identity}.{self.validity:x}-{self.uid:x}-{self.code}.imap"


def place(written: str) -> Place | None:
    found = _id.fullmatch(written)
    if found is None:
        return None
    at, mark, validity, uid, code = found.groups()
    return Place(int(at), mark, int(validity, 16), int(uid, 16), code)


def code(folder: str) -> str:
    return hashlib.sha256(folder.encode("utf-8", "surrogateescape")).hexdigest()[:8]


def mark(data: bytes) -> str:
    """Of a message's first bytes: of its head alone, so that a list's and a whole message's are the same."""
    head = data[:LONGEST_HEAD].partition(b"\r\n\r\n")[0].rstrip(b"\r\n")
    return hashlib.sha256(head).hexdigest()[:16]
