"""A server's folders: their names as it writes them, and what they are for."""

from dataclasses import dataclass

from imapclient import IMAPClient

from agents.connectors.base import ConnectorError
from agents.connectors.mail.folders import INBOX
from agents.connectors.mail.mailbox import ALL, ARCHIVE, DRAFTS, SENT, role_of
from agents.connectors.mail.stored import short

FLAGS = {b"\\drafts": DRAFTS, b"\\sent": SENT, b"\\archive": ARCHIVE, b"\\all": ALL}
CLOSED = {b"\\noselect", b"\\nonexistent"}
CREATED = {DRAFTS: "Drafts", SENT: "Sent", ARCHIVE: "Archive"}
MOST = 2_000  # folders that are looked at


@dataclass(frozen=True, slots=True)
class Folders:
    """``roles`` by name, INBOX first; what a server says of a folder's use goes before its name."""

    roles: dict[str, str]
    prefix: str = ""  # below which a new folder is made

    def named(self, role: str) -> str:
        return next((name for name, found in self.roles.items() if found == role), "")

    def existing(self, name: str) -> str:
        wanted = INBOX if name.upper() == INBOX else name
        if wanted not in self.roles:
            there = ", ".join(list(self.roles)[:30])
            raise ConnectorError(f"There is no folder “{short(name)}”. There are: {there}.")
        return wanted


def listed(client: IMAPClient) -> Folders:
    told: dict[str, str] = {}
    named: dict[str, str] = {}
    prefix = ""
    for flags, delimiter, name in client.list_folders()[:MOST]:
        low = {flag.lower() for flag in flags}
        between = (delimiter or b"/").decode("latin-1")
        if low & CLOSED or not isinstance(name, str):
            continue
        name = INBOX if name.upper() == INBOX else name
        told[name] = next((role for flag, role in FLAGS.items() if flag in low), "")
        named[name] = role_of(name, between)
        if name.upper().startswith(f"{INBOX}{between}") and told[name]:
            prefix = name[: len(INBOX) + 1]  # this server keeps all folders below the inbox
    said = set(told.values())
    roles = {name: told[name] or (named[name] if named[name] not in said else "") for name in told}
    everything = [
        name for name, role in roles.items() if role == ALL
    ]  # holds each message a second time: last
    order = [
        INBOX,
        *(name for name in sorted(roles) if name != INBOX and name not in everything),
        *everything,
    ]
    return Folders({name: roles.get(name, "") for name in order}, prefix)
