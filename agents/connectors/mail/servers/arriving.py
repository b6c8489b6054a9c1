"""What came into a folder on a server since the last look; where nothing did, one short answer says so."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from agents.connectors.mail.mailbox import Found
from agents.connectors.mail.servers.looking import rows_of, validity_of
from agents.connectors.mail.servers.session import Session

BACK = 3_600  # seconds: so much later than others a message may be put into its folder
AT_MOST = 200  # new messages of one look; the others are left to the agent's own
KNOWN = 1_000  # messages are remembered by what they are, for the day on which a server numbers anew


def arrived(session: Session, name: str, cursor: Any) -> tuple[list[Found], Any]:
    """By the server's numbers, which only grow; where it gave new ones, by what the messages are."""
    if not isinstance(cursor, dict) or "validity" not in cursor:
        return [], _first(session, name)
    validity, following = int(cursor["validity"]), int(cursor["next"])
    told = _numbers(session, name)
    same = told.get(b"UIDVALIDITY") == validity
    if same and told.get(b"UIDNEXT") == following:
        return [], cursor
    session.open(name, anew=True)
    since, known = int(cursor["since"]), list(cursor["known"])
    if same:
        uids = [uid for uid in session.client.search(["UID", f"{following}:*"]) if uid >= following]
    else:
        day = datetime.fromtimestamp(max(0, since - BACK), UTC).date() - timedelta(days=1)
        uids = session.client.search(["SINCE", day])
    every = rows_of(session, name, sorted(uids)[-2 * AT_MOST :])
    recent = [found for found in every if (found.message.at or 0) >= since - BACK and found.key not in known]
    new = recent[-AT_MOST:]
    latest = max([since, *(found.message.at or 0 for found in new)])
    known = [*known, *(found.key for found in new)][-KNOWN:]
    highest = max([*uids, following - 1 if same else 0]) + 1
    return new, _cursor(validity_of(session), highest, latest, known)


def _numbers(session: Session, name: str) -> Mapping[bytes, Any]:
    """Of a folder that is open here, a server's short answer may be as old as that."""
    if session.opened and session.opened[0] == name:
        return session.open(name, anew=True)
    told: Mapping[bytes, Any] = session.client.folder_status(name, ["UIDVALIDITY", "UIDNEXT"])
    return told


def _first(session: Session, name: str) -> dict[str, Any]:
    state = session.open(name, anew=True)
    last = int(state.get(b"EXISTS") or 0)
    uids = sorted(session.client.search([f"{max(1, last - AT_MOST + 1)}:{last}"])) if last else []
    newest = list(rows_of(session, name, uids))
    latest = max([0, *(found.message.at or 0 for found in newest)])
    known = [found.key for found in newest if (found.message.at or 0) >= latest - BACK]
    following = state.get(b"UIDNEXT") or max(uids, default=0) + 1
    return _cursor(validity_of(session), int(following), latest, known)


def _cursor(validity: int, following: int, since: int, known: list[str]) -> dict[str, Any]:
    return {"validity": validity, "next": following, "since": since, "known": known}
