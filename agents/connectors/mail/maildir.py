"""A mailbox on disk: find, read, label, move and add messages so that a mail server on it agrees.

Everything that changes takes one lock; files are renamed, never rewritten, so nobody sees half a message.
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from agents.connectors import confined
from agents.connectors.base import Busy, ConnectorError
from agents.connectors.mail import drafts, keywords, mime, searching
from agents.connectors.mail.folders import check_folder, ensure_folder, folder, folders
from agents.connectors.mail.location import PARTS
from agents.connectors.mail.mailbox import ARCHIVE, DRAFTS, SENT, Found, Message, role_of
from agents.connectors.mail.stored import Stored, arrival, index, short

BACK = 3_600  # seconds: so much later than others a message may be put into its folder
KNOWN = 5_000  # messages of that time are remembered by id
LOOKED_AT, SEARCHED = 2_000, 256 * 1024  # messages, and bytes of each, among which something is looked for
MARKS = {"seen": "S", "flagged": "F"}
AT_MOST = 200  # new messages of one look; the others are left to the agent's own
MADE = {DRAFTS: drafts.FOLDER, SENT: "Sent", ARCHIVE: "Archive"}  # where there is no folder for it
FLAGS = {DRAFTS: "D", SENT: "S"}
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

    def folders(self) -> dict[str, str]:
        return {name: role_of(name) for name in folders(self.root)}

    def existing(self, name: str) -> str:
        folder(self.root, name)
        return check_folder(name)

    def changeable(self) -> bool:
        return all(os.access(self.root / part, os.W_OK) for part in ("", *PARTS))

    def page(self, name: str, first: int, many: int) -> tuple[int, list[Found]]:
        stored = self.messages(name)
        shown = stored[first : first + many]
        known = keywords.names(shown[0].place) if shown else {}
        return len(stored), [found for message in shown if (found := self._head(message, known))]

    def newest(self, name: str, many: int, since: int = 0) -> Iterator[Found]:
        place = folders(self.root).get(name)
        stored = index(place, name).values() if place else ()
        later = [message for message in stored if (message.at or since) >= since]
        for message in sorted(later, key=arrival, reverse=True)[:many]:
            if found := self._head(message, {}):
                yield found

    def _head(self, message: Stored, known: dict[str, str]) -> Found | None:
        """None where it was taken away since the folder was looked at."""
        try:
            data, size = self._head_bytes(message)
        except ConnectorError:
            return None
        except OSError:  # one message that cannot be opened must not hide the others; reading it says why
            data, size = b"", 0
        return Found(message, message.id, data, size, keywords.labels(message.letters, known))

    def find(self, message: str) -> Stored:
        """Raises ConnectorError where there is none, or the id is no id."""
        if message and message.isprintable() and not set("/:") & set(message) and not message.startswith("."):
            for _ in range(2):  # what is renamed while a folder is looked through may be missed once
                for name, place in folders(self.root).items():
                    if found := index(place, name, message).get(message):
                        return found
        raise ConnectorError(f"There is no message “{short(message)}” in this mailbox.")

    def read(self, message: str, most: int) -> Found:
        stored = self.find(message)
        data, size = self._bytes(stored, most)
        return Found(stored, stored.id, data, size, self.labels(stored))

    def _bytes(self, message: Stored, most: int) -> tuple[bytes, int]:
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

    def _head_bytes(self, message: Stored) -> tuple[bytes, int]:
        """So many first bytes that its head is among them."""
        data, size = self._bytes(message, mime.LONGEST_HEAD)
        if size <= len(data) or mime.ends(data):
            return data, size
        return self._bytes(message, mime.LARGEST_HEAD)

    def put(self, message: Message) -> float:
        """The later of what its name and its file say."""
        assert isinstance(message, Stored)
        return max(message.at or 0, confined.status(message.path).st_mtime)

    def labels(self, message: Message) -> list[str]:
        assert isinstance(message, Stored)
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

    def of_key(self, role: str, key: str) -> Stored | None:
        """By its name; else by the key in its head: a mail program that edits a draft gives it a new name."""
        name = self._for(role)
        place = folders(self.root).get(name)
        if place is None:
            return None
        if found := next(iter(index(place, name, f".{drafts.unique_part(key)}.").values()), None):
            return found
        for message in sorted(index(place, name).values(), key=arrival, reverse=True):
            with contextlib.suppress(ConnectorError, OSError):  # it went meanwhile
                if drafts.has_key(self._head_bytes(message)[0], key):
                    return message
        return None

    def keep(self, role: str, key: str, data: bytes) -> Stored:
        """A new message, whole or not at all. It is known again by its name: what a person made of it is theirs."""
        name, part = self._for(role), drafts.unique_part(key)
        unique = f"{int(time.time())}.{part}.portal"
        with self.locked():
            place = folders(self.root).get(name)
            before = next(iter(index(place, name, f".{part}.").values()), None) if place else None
            if before is None:
                self._add(name, unique, data, FLAGS.get(role, ""))
                return Stored(unique, name, self.root)
            if not drafts.same_call(self._bytes(before, 2 * len(data))[0], data):
                raise ConnectorError(
                    "Another draft was written for this call before. Nothing was written now."
                )
            return before

    def sent_for(self, key: str) -> str | None:
        for name, role in self.folders().items():
            for found in self.newest(name, LOOKED_AT) if role == SENT else ():
                if identity := drafts.identity_of(found.data, key):
                    return identity
        return None

    def put_away(self, data: bytes) -> None:
        unique = f"{int(time.time())}.{drafts.digest(data)}.sent"
        with self.locked():
            self._add(self._for(SENT), unique, data, FLAGS[SENT])

    def keeps_sent(self) -> bool:
        return False

    def archive(self) -> str:
        name = self._for(ARCHIVE)
        with self.locked():
            ensure_folder(self.root, name)
        return name

    def mark(self, message: str, flag: str, *, on: bool) -> bool:
        letter = MARKS[flag]
        with self.locked():
            for _ in range(TRIES):
                found = self.find(message)
                if found.has(letter) is on:
                    return False
                if _renamed(found, found.place / "cur" / found.marked(letter, on=on)):
                    return True
        raise _restless(message)

    def search(self, name: str, words: Sequence[str], many: int) -> list[Found]:
        """In the newest messages only: nothing has read them before."""
        wanted, hits = [word.casefold() for word in words], []
        for message in self.messages(name)[:LOOKED_AT]:
            with contextlib.suppress(ConnectorError, OSError):  # it went meanwhile
                data, size = self._bytes(message, SEARCHED)
                text = searching.words_of(data)
                if all(word in text for word in wanted):
                    hits.append(Found(message, message.id, data, size, self.labels(message)))
            if len(hits) >= many:
                break
        return hits

    def _for(self, role: str) -> str:
        """The folder for drafts is always called so; of others a person's own counts."""
        own = [name for name, found in self.folders().items() if found == role and role != DRAFTS]
        return own[0] if own else MADE[role]

    def _add(self, name: str, unique: str, data: bytes, flags: str) -> None:
        """Only while the mailbox is locked."""
        place = ensure_folder(self.root, name)
        draft = place / "tmp" / unique
        confined.remove(draft)  # of a process that died on the way
        with confined.removed_on_failure(draft):
            confined.write_new(draft, data, confined.status(place / "cur").st_mode & 0o666)
            confined.rename(draft, place / "cur" / f"{unique}:2,{flags}")

    def arrived(self, name: str, cursor: Any) -> tuple[list[Found], Any]:
        """New is what is not known by its id, and arrived no longer than ``BACK`` before the latest that is."""
        stored = self.messages(name)
        if cursor is None:
            return [], _cursor(stored, 0)
        since, known = int(cursor["since"]), set(cursor["known"])
        new = [one for one in stored if one.id not in known and _at(one, since) >= since - BACK]
        told = [self._head(one, {}) or Found(one, one.id, b"", 0, ()) for one in reversed(new[:AT_MOST])]
        return told, _cursor(stored, since)

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


def _cursor(stored: Sequence[Stored], since: int) -> dict[str, Any]:
    since = max([since, *(message.at or 0 for message in stored)])
    lately = [message.id for message in stored if _at(message, since) >= since - BACK]
    return {"since": since, "known": lately[:KNOWN]}


def _at(message: Stored, otherwise: int) -> int:
    return otherwise if message.at is None else message.at
