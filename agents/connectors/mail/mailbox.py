"""A mailbox as its connector uses it, whatever keeps it: a Maildir on this machine or a server that speaks IMAP."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

# What folders are for, as servers name it (RFC 6154).
DRAFTS, SENT, ARCHIVE, ALL = "drafts", "sent", "archive", "all"
# The same by the names that mail programs give them, where nobody says what they are for.
NAMED = {
    "drafts": DRAFTS,
    "sent": SENT,
    "sent items": SENT,
    "sent mail": SENT,
    "sent messages": SENT,
    "gesendet": SENT,
    "archive": ARCHIVE,
    "archives": ARCHIVE,
    "archiv": ARCHIVE,
}


class Message(Protocol):
    """One message, where it was a moment ago. ``at``: the second of its arrival, where that is known."""

    @property
    def id(self) -> str: ...
    @property
    def folder(self) -> str: ...
    @property
    def seen(self) -> bool: ...
    @property
    def answered(self) -> bool: ...
    @property
    def flagged(self) -> bool: ...
    @property
    def draft(self) -> bool: ...
    @property
    def at(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Found:
    """A message with its first bytes (of a list: its head), how many it has, and its labels.

    ``key`` names it for good, wherever it goes.
    """

    message: Message
    key: str
    data: bytes
    size: int
    labels: Sequence[str]


class Mailbox(Protocol):
    """What both kinds do. Each method raises ConnectorError where it did not happen, in words."""

    def folders(self) -> dict[str, str]:
        """Its folders, INBOX first, each with what it is for; empty where that is nothing of the above."""
        ...

    def existing(self, name: str) -> str:
        """The folder's name as the mailbox has it. Raises ConnectorError, naming those there are."""

    def changeable(self) -> bool: ...

    def page(self, folder: str, first: int, many: int) -> tuple[int, list[Found]]:
        """How many messages the folder has, and some heads from ``first`` (0 is the newest arrival) on."""

    def newest(self, folder: str, many: int, since: int = 0) -> Iterator[Found]:
        """The heads of the newest so many that arrived at that second or later."""

    def find(self, message: str) -> Message: ...

    def read(self, message: str, most: int) -> Found:
        """The message with its first ``most`` bytes. It stays unread."""

    def put(self, message: Message) -> float:
        """When it came into the folder where it is, in seconds since 1970."""

    def labels(self, message: Message) -> list[str]: ...

    def label(self, message: str, label: str) -> bool:
        """Give the message the label. False: it had it already."""

    def move(self, message: str, folder: str) -> bool:
        """Put the message into the folder. False: it was there already."""

    def archive(self) -> str:
        """The folder for what is done with, which is made if absent."""

    def mark(self, message: str, flag: str, *, on: bool) -> bool:
        """Set or take off ``seen`` or ``flagged``. False: it was so already."""

    def search(self, folder: str, words: Sequence[str], many: int) -> list[Found]:
        """Heads of the newest messages that hold all these words, in head or text."""

    def of_key(self, role: str, key: str) -> Message | None:
        """The message that was written for this key (``drafts.KEY``) into the folder for ``role``."""

    def sent_for(self, key: str) -> str | None:
        """Is a mail that was sent for this key among the sent ones? Then what it is (``drafts.identity_of``)."""

    def put_away(self, data: bytes) -> None:
        """A copy of what was sent, for the folder of sent mail."""

    def keeps_sent(self) -> bool:
        """Does the server itself put what it sends into the folder of sent mail?"""

    def keep(self, role: str, key: str, data: bytes) -> Message:
        """Write a message for this key into the folder for ``role``, which is made if absent, once.

        Raises ConnectorError where another one is there for the key.
        """

    def arrived(self, folder: str, cursor: Any) -> tuple[list[Found], Any]:
        """What came in since, the earliest first, and from where to look on. None: only from where."""


def role_of(name: str, delimiter: str = ".") -> str:
    """What a folder is for, by its name."""
    return NAMED.get(name.rpartition(delimiter)[2].lower(), "")
