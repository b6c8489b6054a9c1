"""Labels as IMAP keywords. Dovecot's file gives each a letter for file names: ``0 Invoices`` is the letter a."""

import os
import re
import string
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agents.connectors import confined
from agents.connectors.base import Busy, ConnectorError

FILE = "dovecot-keywords"
LETTERS = string.ascii_lowercase
LONGEST = 40
LARGEST_FILE = 64 * 1024
SERVER_WAITS = 5.0  # seconds for a mail server's lock
SERVER_STALE = 120.0  # seconds after which Dovecot, too, takes such a lock for a dead one's
# What IMAP calls an atom: other signs would break a mail server's answers.
_label = re.compile(r"[!#$&'+,\-./0-9:;<=>?@A-Z\[^_`a-z|}~]+")


def check_label(label: str) -> str:
    """``label``, fit to be an IMAP keyword. Raises ConnectorError."""
    if len(label) > LONGEST:
        raise ConnectorError(f"A label has at most {LONGEST} characters; “{label[:20]}…” has {len(label)}.")
    if not _label.fullmatch(label):
        raise ConnectorError(
            "A label is made of letters without accents, digits and signs like - and _, without spaces: "
            "mail servers know no others."
        )
    return label


def names(place: Path) -> dict[str, str]:
    """The folder's labels by their letters. A line that cannot be read is passed over."""
    try:
        descriptor = confined.open_file(place / FILE, os.O_RDONLY)
    except FileNotFoundError:
        return {}
    with open(descriptor, "rb") as file:
        lines = file.read(LARGEST_FILE).decode("utf-8", "replace").splitlines()
    found: dict[str, str] = {}
    for line in lines:
        number, _, name = line.partition(" ")
        if name and re.fullmatch("[0-9]{1,2}", number) and int(number) < len(LETTERS):
            found[LETTERS[int(number)]] = name
    return found


def labels(letters: str, known: dict[str, str]) -> list[str]:
    """The labels that a file's letters stand for, in the letters' order."""
    return [known[letter] for letter in sorted(set(letters)) if letter in known]


def letter(place: Path, label: str) -> str:
    """The label's letter in this folder; a new label gets the first free one. Only under the mailbox's lock.

    Raises ConnectorError when all letters are taken: a mailbox holds 26 labels.
    """
    if found := _find(names(place), label):
        return found
    with _server_lock(place):
        known = names(place)
        if found := _find(known, label):
            return found
        free = next((sign for sign in LETTERS if sign not in known), None)
        if free is None:
            raise ConnectorError(
                f"This folder has {len(LETTERS)} labels already, the most that a mailbox can hold. "
                f"Use one of them: {', '.join(sorted(known.values()))}."
            )
        _write(place, known | {free: label})
    return free


def _find(known: dict[str, str], label: str) -> str | None:
    # To a mail server, Invoices and invoices are one.
    return next((sign for sign, name in known.items() if name.lower() == label.lower()), None)


def _write(place: Path, known: dict[str, str]) -> None:
    text = "".join(f"{LETTERS.index(sign)} {known[sign]}\n" for sign in sorted(known))
    draft = place / "tmp" / f"{FILE}.{os.getpid()}"
    confined.remove(draft)
    with confined.removed_on_failure(draft):
        confined.write_new(draft, text.encode(), confined.status(place / "cur").st_mode & 0o666)
        confined.rename(draft, place / FILE)


@contextmanager
def _server_lock(place: Path) -> Iterator[None]:
    """Where a Dovecot looks after the folder: its own lock, under which alone it writes its keywords."""
    if not confined.exists(place / "dovecot-uidlist"):
        yield
        return
    lock, deadline = place / "dovecot-uidlist.lock", time.monotonic() + SERVER_WAITS
    while True:
        try:
            os.close(confined.open_file(lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
            break
        except FileExistsError:
            if _age(lock) > SERVER_STALE:
                confined.remove(lock)
            elif time.monotonic() > deadline:
                raise Busy("The mail server is using this folder.") from None
            else:
                time.sleep(0.05)
    try:
        yield
    finally:
        confined.remove(lock)


def _age(lock: Path) -> float:
    try:
        return time.time() - confined.status(lock).st_mtime
    except OSError:
        return 0.0
