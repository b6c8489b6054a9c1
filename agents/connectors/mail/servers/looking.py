"""Finding a message on a server again, also where it was moved, its folder was renamed or the server numbered anew."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from agents.connectors.base import ConnectorError
from agents.connectors.mail.mailbox import Found
from agents.connectors.mail.servers import ids, rows
from agents.connectors.mail.servers.session import Session
from agents.connectors.mail.stored import short

AT_ONCE = 100  # heads that are asked for together
DATES = 1_000  # times of arrival that are asked for together
MOST = 20_000  # messages of three days among which a moved one is looked for, in one folder


def look_up(session: Session, written: str, asked: Sequence[str], *, change: bool = False) -> Found:
    """The message with this id, wherever it is now. Raises ConnectorError where there is none."""
    if wanted := ids.place(written):
        for anew in (False, True):
            for name in session.folders(anew=anew).roles:
                if ids.code(name) == wanted.code and (found := _there(session, name, wanted, asked, change)):
                    return found
        # Where it was goes first: a copy in another folder is the same message.
        for name in sorted(session.folders().roles, key=lambda name: ids.code(name) != wanted.code):
            with suppress(Gone):
                for uid in _same_second(session, name, wanted.at, change):
                    if found := _is(session, name, uid, wanted, asked):
                        return found
    raise ConnectorError(f"There is no message “{short(written)}” in this mailbox.")


class Gone(Exception):
    """The folder went since the folders were listed."""


def opened(session: Session, name: str, *, change: bool = False, anew: bool = False) -> Mapping[bytes, Any]:
    """Raises Gone."""
    try:
        return session.open(name, change=change, anew=anew)
    except IMAPClientAbortError:
        raise
    except IMAPClientError as error:
        raise Gone(name) from error


def rows_of(
    session: Session, name: str, uids: Sequence[int], asked: Sequence[str] = rows.HEAD
) -> Iterator[Found]:
    """Of the folder that is open."""
    validity, code = validity_of(session), ids.code(name)
    for at in range(0, len(uids), AT_ONCE):
        answer = session.client.fetch(uids[at : at + AT_ONCE], asked)
        for uid in uids[at : at + AT_ONCE]:
            if found := rows.found(answer.get(uid, {}), name, validity, uid, code):
                yield found


def validity_of(session: Session) -> int:
    value = session.state.get(b"UIDVALIDITY", 0)
    return value if isinstance(value, int) else 0


def _there(
    session: Session, name: str, wanted: ids.Place, asked: Sequence[str], change: bool
) -> Found | None:
    """Where it was, with the number that it had."""
    with suppress(Gone):
        opened(session, name, change=change)
        if validity_of(session) == wanted.validity:
            return _is(session, name, wanted.uid, wanted, asked)
    return None


def _is(session: Session, name: str, uid: int, wanted: ids.Place, asked: Sequence[str]) -> Found | None:
    found = next(rows_of(session, name, [uid], asked), None)
    if found is None or found.message.at != wanted.at:
        return None
    if found.key == wanted.identity:
        return found
    # Servers differ in where the head of a broken message ends: then its head alone is asked for.
    head = next(rows_of(session, name, [uid]), None) if asked != rows.HEAD else None
    if head is None or head.key != wanted.identity:
        return None
    return Found(head.message, head.key, found.data, found.size, found.labels)


def _same_second(session: Session, name: str, at: int, change: bool) -> Iterator[int]:
    """UIDs of the folder's messages that arrived in that second."""
    if not opened(session, name, change=change, anew=True).get(b"EXISTS"):
        return
    day = datetime.fromtimestamp(at, UTC).date()
    uids = session.client.search(["SINCE", day - timedelta(days=1), "BEFORE", day + timedelta(days=2)])
    newest = sorted(uids, reverse=True)[:MOST]
    for begin in range(0, len(newest), DATES):
        answer = session.client.fetch(newest[begin : begin + DATES], ["INTERNALDATE"])
        yield from (uid for uid, item in answer.items() if rows.second(item) == at)
