"""Where a mailbox may be: a Maildir below MAIL_ROOT, reached without links. Looked at anew for every call."""

import os
import stat
from pathlib import Path

from django.conf import settings

from agents.connectors.base import ConnectorError

PARTS = ("cur", "new", "tmp")


def resolve(written: str) -> Path:
    """The folder that a person means, absolute or below MAIL_ROOT, with links followed: what settings keep.

    Raises ConnectorError, saying what to do.
    """
    if not written or "\0" in written:
        raise ConnectorError("Name the folder of the mailbox.")
    return locate(os.path.realpath(Path(settings.MAIL_ROOT) / written))


def locate(path: str) -> Path:
    """The Maildir at ``path``, as the settings keep it. A link on the way was put there afterwards: refused.

    Raises ConnectorError, saying what to do; it names the folder below MAIL_ROOT, never the whole path.
    """
    inside = _below_root(path)
    if inside is None:
        raise ConnectorError(
            "A mailbox must be a folder inside the portal's mail folder (PORTAL_MAIL_ROOT). "
            "Move it there, or ask an admin which folder to use."
        )
    place = Path(os.path.realpath(settings.MAIL_ROOT)) / inside
    if os.path.realpath(place) != str(place):
        raise ConnectorError(
            f"The folder “{inside}” is behind a link now. Save the connection again if that is right."
        )
    if not os.path.lexists(place):
        raise ConnectorError(
            f"No folder “{inside}” is in the portal's mail folder. Put it there, or change the settings."
        )
    if not is_maildir(place):
        raise ConnectorError(
            f"The folder “{inside}” is no Maildir: it needs the folders cur, new and tmp. "
            "Choose the folder that the mail server delivers to."
        )
    return place


def is_maildir(place: Path) -> bool:
    """Are cur, new and tmp there, as real folders?"""
    try:
        return all(stat.S_ISDIR(os.lstat(place / part).st_mode) for part in PARTS)
    except OSError:
        return False


def personal_path_ok(path: str, email: str) -> bool:
    """Is the folder, links followed, MAIL_ROOT/``email`` or below it?"""
    return bool(email) and _top(path).lower() == email.lower()


def is_somebodys(path: str) -> bool:
    """Is it in a folder named by an e-mail address? Those are people's own mailboxes."""
    return "@" in _top(path)


def _top(path: str) -> str:
    """The folder directly below MAIL_ROOT that holds ``path``, links followed; empty where none does."""
    inside = None if "\0" in path else _below_root(os.path.realpath(Path(settings.MAIL_ROOT) / path))
    return inside.parts[0] if inside else ""


def _below_root(path: str) -> Path | None:
    """``path`` relative to MAIL_ROOT, as it is written; None where it is not below it."""
    if not path or "\0" in path:
        return None
    for root in (os.path.normpath(settings.MAIL_ROOT), os.path.realpath(settings.MAIL_ROOT)):
        written = Path(os.path.normpath(Path(root) / path))
        if written != Path(root) and written.is_relative_to(root):
            return written.relative_to(root)
    return None
