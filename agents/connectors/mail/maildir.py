"""A mailbox on disk: find, read, label, move and add messages so that a mail server on it agrees.

Everything that changes takes one lock; files are renamed, never rewritten, so nobody sees half a message.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agents.connectors import confined
from agents.connectors.base import Busy, ConnectorError
from agents.connectors.mail import keywords
from agents.connectors.mail.folders import check_folder, ensure_folder, folder, folders
from agents.connectors.mail.stored import Stored, arrival, index, short

LOCK = "portal.lock"
LOCK_WAITS = 5.0  # seconds; then the task waits without a worker
TRIES = 5  # a mail server may rename a message between our look and our hand


class Maildir:
    """The mailbox at ``root``, which ``location.locate`` has checked a moment ago."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def messages(self, name: str) -> list[Stored]:
        """A folder's messages, the newest arrival first. Their order does not depend on flags or labels."""
        wanted = check_folder(name)
        return sorted(index(folder(self.root, wanted), wanted).values(), key=arrival, reverse=True)

    def find(self, message: str) -> Stored:
        """Raises ConnectorError where there is none, or the id is no id."""
        if message and message.isprintable() and not set("/:") & set(message) and not message.startswith("."):
            for _ in range(2):  # what is renamed while a folder is looked through may be missed once
                for name, place in folders(self.root).items():
                    if found := index(place, name, message).get(message):
                        return found
        raise ConnectorError(f"There is no message “{short(message)}” in this mailbox.")

    def holding(self, name: str, part: str) -> Stored | None:
        """A message of the folder whose id holds ``part``; None also where there is no such folder."""
        place = folders(self.root).get(name)
        return next(iter(index(place, name, part).values()), None) if place else None

    def read(self, message: Stored, most: int) -> tuple[bytes, int]:
        """Its first ``most`` bytes, and how many there are."""
        for _ in range(TRIES):
            try:
                descriptor = confined.open_file(message.path, os.O_RDONLY)
            except FileNotFoundError:
                message = self.find(message.id)
                continue
            with open(descriptor, "rb") as file:
                return file.read(most), os.fstat(descriptor).st_size
        raise _restless(message.id)

    def labels(self, message: Stored) -> list[str]:
        return keywords.labels(message.letters, keywords.names(message.place))

    def label(self, message: str, label: str) -> bool:
        """Give the message the label. False: it had it already."""
        keywords.check_label(label)
        with self.locked():
            for _ in range(TRIES):
                found = self.find(message)
                letter = keywords.letter(found.place, label)
                if letter in found.letters:
                    return False
                if _renamed(found, found.place / "cur" / found.named(found.letters + letter)):
                    return True
        raise _restless(message)

    def move(self, message: str, name: str) -> bool:
        """Put the message into the folder, which is made if absent. False: it was there already."""
        wanted = check_folder(name)
        with self.locked():
            for _ in range(TRIES):
                found = self.find(message)
                if found.folder == wanted:
                    return False
                place = ensure_folder(self.root, wanted)
                if found.id in index(place, wanted, found.id):
                    raise ConnectorError(f"The folder “{wanted}” has a message of the same id already.")
                # Each folder has letters of its own, so the labels are translated.
                letters = "".join(keywords.letter(place, label) for label in self.labels(found))
                if _renamed(found, place / "cur" / found.named(letters)):
                    return True
        raise _restless(message)

    def add(self, name: str, unique: str, data: bytes, flags: str) -> None:
        """A new message in a folder, whole or not at all. Only while the mailbox is locked."""
        place = ensure_folder(self.root, name)
        draft = place / "tmp" / unique
        confined.remove(draft)  # of a process that died on the way
        with confined.removed_on_failure(draft):
            confined.write_new(draft, data, confined.status(place / "cur").st_mode & 0o666)
            confined.rename(draft, place / "cur" / f"{unique}:2,{flags}")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One changer at a time, over all processes of this machine."""
        mode = confined.status(self.root / "cur").st_mode & 0o666
        descriptor = confined.open_file(self.root / LOCK, os.O_RDWR | os.O_CREAT, mode)
        try:
            deadline = time.monotonic() + LOCK_WAITS
            while True:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise Busy("The mailbox is busy.") from None
                    time.sleep(0.01)
            yield
        finally:
            os.close(descriptor)


def _renamed(message: Stored, target: Path) -> bool:
    """False: another program renamed the message meanwhile. Never over another file."""
    if confined.exists(target) and confined.exists(message.path):
        raise ConnectorError(f"The mailbox has two messages “{short(message.id)}”; neither was changed.")
    try:
        confined.rename(message.path, target)
    except FileNotFoundError:
        return False
    return True


def _restless(message: str) -> Busy:
    return Busy(f"The message “{short(message)}” is being changed by somebody else. Try again.")
