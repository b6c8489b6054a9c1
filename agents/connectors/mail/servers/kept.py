"""The newest heads of a folder, asked for once on a connection; after that only what changed (CONDSTORE, RFC 7162).

Many drafts are looked for among the same sent mails, one after the other. A head never changes, flags do, and a server
that counts changes tells which. Where it does not count them, everything is asked for each time.
"""

from dataclasses import dataclass, field

from agents.connectors.mail.mailbox import Found
from agents.connectors.mail.servers import ids, rows
from agents.connectors.mail.servers.looking import rows_of, validity_of
from agents.connectors.mail.servers.rows import Remote
from agents.connectors.mail.servers.session import Session

LARGEST = 4_000_000  # bytes of heads that a connection keeps of one folder
FOLDERS = 2  # drafts and sent mail


@dataclass(frozen=True, slots=True)
class Kept:
    """``following``: the UID of the next message. ``changes``: how many the server had counted. ``heads``: by UID."""

    validity: int
    following: int
    total: int
    changes: int
    many: int
    heads: dict[int, Found] = field(repr=False)


def newest(session: Session, name: str, many: int) -> list[Found] | None:
    """Of the folder that was opened a moment ago. None where its server counts no changes."""
    changes, following = session.state.get(b"HIGHESTMODSEQ"), session.state.get(b"UIDNEXT")
    if not isinstance(changes, int) or not isinstance(following, int):
        return None
    total, validity = int(session.state.get(b"EXISTS") or 0), validity_of(session)
    known, heads, most = session.kept.pop(name, None), None, many
    if known and known.validity == validity and known.many >= many:
        heads, most = _since(session, name, known, total, following, changes), known.many
    if heads is None:
        heads, most = _all(session, name, total, many), many
    heads = {uid: heads[uid] for uid in sorted(heads, reverse=True)[:most]}
    if sum(len(found.data) for found in heads.values()) <= LARGEST:
        while len(session.kept) >= FOLDERS:
            session.kept.pop(next(iter(session.kept)))
        session.kept[name] = Kept(validity, following, total, changes, most, heads)
    return list(heads.values())[:many]


def _since(
    session: Session, name: str, known: Kept, total: int, following: int, changes: int
) -> dict[int, Found] | None:
    """What is kept, with what changed. None where messages went, or too many came."""
    if (total, following, changes) == (known.total, known.following, known.changes):
        return known.heads
    if following - known.following > known.many:
        return None
    asked = [*known.heads, *range(known.following, following)]
    answer = session.client.fetch(asked, rows.HEAD, [f"CHANGEDSINCE {known.changes}"]) if asked else {}
    code = ids.code(name)
    told = {uid: rows.found(item, name, known.validity, uid, code) for uid, item in answer.items()}
    changed = {uid: found for uid, found in told.items() if found}
    came = sum(uid >= known.following for uid in changed)
    return known.heads | changed if known.total + came == total else None


def _all(session: Session, name: str, total: int, many: int) -> dict[int, Found]:
    if not total:
        return {}
    uids = session.client.search([f"{max(1, total - many + 1)}:{total}"])
    every = rows_of(session, name, uids)
    return {found.message.place.uid: found for found in every if isinstance(found.message, Remote)}
