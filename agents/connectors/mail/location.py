"""Where a mailbox may be: a Maildir below MAIL_ROOT, reached without links. Looked at anew for every call."""

import os
from pathlib import Path

from django.conf import settings

from agents.connectors import confined
from agents.connectors.base import ConnectorError

PARTS = ("cur", "new", "tmp")


def resolve(written: str) -> Path:
    """The folder that a person means, absolute or below MAIL_ROOT, with links followed: what settings keep.

    Raises ConnectorError, saying what to do.
    """
    place = confined.followed(settings.MAIL_ROOT, written)
    if place is None:
        raise ConnectorError("Name the folder of the mailbox.")
    return locate(str(place))


def locate(path: str) -> Path:
    """The Maildir at ``path``, as the settings keep it. A link on the way was put there afterwards: refused.

    Raises ConnectorError, saying what to do; it names the folder below MAIL_ROOT, never the whole path.
    """
    inside = confined.below(settings.MAIL_ROOT, path)
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
    if not confined.exists(place):
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
    return all(confined.is_folder(place / part) for part in PARTS)


def personal_path_ok(path: str, email: str) -> bool:
    """Is the folder, links followed, MAIL_ROOT/``email`` or below it?"""
    return bool(email) and _top(path).lower() == email.lower()


def is_somebodys(path: str) -> bool:
    """Is it in a folder named by an e-mail address? Those are people's own mailboxes."""
    return "@" in _top(path)


def _top(path: str) -> str:
    """The folder directly below MAIL_ROOT that holds ``path``, links followed; empty where none does."""
    place = confined.followed(settings.MAIL_ROOT, path)
    inside = confined.below(settings.MAIL_ROOT, str(place)) if place else None
    return inside.parts[0] if inside else ""
