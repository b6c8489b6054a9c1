"""Mails put into a Maildir and onto a server, and what an agent reads of each in both."""

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from agents.connectors.base import ConnectionContext
from agents.connectors.mail.tests.dovecot import Dovecot
from agents.connectors.mail.tests.mailbox_copy import Calls

PAGE = 50
OF_PLACE = ("id", "folder")  # what names a message's place differs


class Box(Calls):
    def __init__(self, connection: ConnectionContext) -> None:
        self.connection = connection

    def rows(self) -> Iterator[dict[str, Any]]:
        """Of all pages, the newest first."""
        first = self.call("list").data
        yield from first["messages"]
        for page in range(2, first["pages"] + 1):
            yield from self.call("list", page=page).data["messages"]


def differences(server: Dovecot, folder: Path, mails: Mapping[str, bytes]) -> list[str]:
    """The names of those that are listed or read in two ways. ``folder`` lies below ``MAIL_ROOT`` and is empty."""
    began = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
    user, root = server.anybody(), folder / "box"
    for part in ("cur", "new", "tmp"):
        (root / part).mkdir(parents=True)
    with server.client(user) as client:
        for number, data in enumerate(mails.values()):
            at = began + timedelta(seconds=number)
            client.append("INBOX", data, msg_time=at)
            file = root / "new" / f"{int(at.timestamp())}.M{number}.test"
            file.write_bytes(data)
            os.utime(file, (at.timestamp(), at.timestamp()))
    remote = Box(server.connection(user))
    local = Box(ConnectionContext(1, "Support", {"path": str(root), "address": user}))
    found = []
    for name, here, there in zip(reversed(list(mails)), remote.rows(), local.rows(), strict=True):
        read = [box.call("read", message=row["id"]).data for box, row in ((remote, here), (local, there))]
        if any(_said(one) != _said(other) for one, other in ((here, there), read)):
            found.append(name)
    return found


def _said(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in OF_PLACE}
