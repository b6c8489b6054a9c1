"""A mailbox on an IMAP server: pages by number, so that the largest folder costs no more than its first page."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from agents.connectors.base import ConnectorError
from agents.connectors.mail import drafts, keywords
from agents.connectors.mail.mailbox import ALL, ARCHIVE, DRAFTS, SENT, Found, Message
from agents.connectors.mail.servers import arriving, ids, kept, rows
from agents.connectors.mail.servers.folders import CREATED
from agents.connectors.mail.servers.looking import AT_ONCE, Gone, look_up, opened, rows_of, validity_of
from agents.connectors.mail.servers.rows import Remote
from agents.connectors.mail.servers.session import Session

FLAGS = {DRAFTS: (b"\\Draft", b"\\Seen")}
_appended = re.compile(rb"\[APPENDUID (\d+) (\d+)\]", re.IGNORECASE)


class ServerMailbox:
    """For one call: ``session`` is signed in, and nobody else uses it meanwhile."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.client = session.client

    def folders(self) -> dict[str, str]:
        return self.session.folders().roles

    def existing(self, name: str) -> str:
        """A folder may have been made a moment ago, so one that is not known is looked for anew."""
        try:
            return self.session.folders().existing(name)
        except ConnectorError:
            return self.session.folders(anew=True).existing(name)

    def changeable(self) -> bool:
        try:
            self.session.open(self.existing("INBOX"), change=True, anew=True)
        except ConnectorError:
            return False
        return True

    def page(self, folder: str, first: int, many: int) -> tuple[int, list[Found]]:
        name = self.existing(folder)
        total = self._open(name)
        return total, self._numbered(name, total - first, many) if first < total else []

    def newest(self, folder: str, many: int, since: int = 0) -> Iterator[Found]:
        last = self._open(folder)
        if (every := kept.newest(self.session, folder, many)) is not None:
            yield from (one for one in every if (one.message.at or since) >= since)
            return
        lowest = max(0, last - many)
        for high in range(last, lowest, -AT_ONCE):
            for found in self._numbered(folder, high, min(AT_ONCE, high - lowest)):
                if (found.message.at or since) >= since:
                    yield found

    def find(self, message: str) -> Message:
        return look_up(self.session, message, rows.HEAD).message

    def read(self, message: str, most: int) -> Found:
        return look_up(self.session, message, [*rows.HEAD[:-1], f"BODY.PEEK[]<0.{most}>"])

    def put(self, message: Message) -> float:
        return message.at or 0

    def labels(self, message: Message) -> list[str]:
        assert isinstance(message, Remote)
        return list(message.labels)

    def label(self, message: str, label: str) -> bool:
        keywords.check_label(label)
        found = look_up(self.session, message, rows.HEAD, change=True).message
        if label.lower() in {one.lower() for one in self.labels(found)}:
            return False
        allowed = {flag.lower() for flag in self.session.state.get(b"PERMANENTFLAGS", ())}
        if allowed and b"\\*" not in allowed and label.lower().encode() not in allowed:
            raise ConnectorError("This mail server keeps no labels. Move messages to folders instead.")
        self._changed(found, self.client.add_flags([uid_of(found)], [label]), label)
        return True

    def _changed(self, message: Message, answer: dict[int, Any], flag: str, *, on: bool = True) -> None:
        """Raises ConnectorError where the server took it and did nothing: the message went, or it forgets flags."""
        flags = rows.written({b"FLAGS": answer.get(uid_of(message), ())})
        if (flag.lower() in {one.lower() for one in flags}) is not on:
            raise ConnectorError("The mail server did not keep that, or the message went meanwhile.")

    def move(self, message: str, folder: str) -> bool:
        wanted = self.existing(folder)
        found = look_up(self.session, message, rows.HEAD, change=True).message
        if found.folder == wanted:
            return False
        if self.client.has_capability("MOVE"):
            self.client.move([uid_of(found)], wanted)
        else:
            self._copied(found, wanted)
        return True

    def _copied(self, message: Message, folder: str) -> None:
        """For servers that cannot move: what an earlier try copied is not copied again."""
        uid = uid_of(message)
        assert isinstance(message, Remote)
        there = any(found.key == message.place.identity for found in self.newest(folder, AT_ONCE))
        self.session.open(message.folder, change=True)
        if not there:
            self.client.copy([uid], folder)
        self.client.add_flags([uid], [b"\\Deleted"])
        if self.client.has_capability("UIDPLUS"):
            self.client.uid_expunge([uid])

    def of_key(self, role: str, key: str) -> Message | None:
        name = self.session.folders().named(role)
        if not name:
            return None
        self._open(name)
        uids = self.client.search(["HEADER", drafts.KEY, drafts.as_header(key)])
        for found in rows_of(self.session, name, sorted(uids, reverse=True)):
            if drafts.has_key(found.data, key):
                return found.message
        return None

    def keep(self, role: str, key: str, data: bytes) -> Message:
        if before := self.of_key(role, key):
            written = self.read(before.id, 2 * len(data) + 4_096).data.replace(b"\r\n", b"\n")
            if not drafts.same_call(written.rstrip(), data.rstrip()):
                raise ConnectorError(
                    "Another draft was written for this call before. Nothing was written now."
                )
            return before
        name = self._made(role)
        answer = self.client.append(name, data.replace(b"\n", b"\r\n"), flags=FLAGS.get(role, (b"\\Seen",)))
        if told := _appended.search(answer if isinstance(answer, bytes) else b""):
            self._open(name)
            if validity_of(self.session) == int(told[1]):
                for found in rows_of(self.session, name, [int(told[2])]):
                    return found.message
        if shown := self.of_key(role, key):
            return shown
        raise LookupError("The server took a message and does not show it.")

    def sent_for(self, key: str) -> str | None:
        for name, role in self.session.folders(anew=True).roles.items():
            if role == SENT:
                self._open(name)
                uids = self.client.search(["HEADER", "Message-ID", drafts.unique_part(key)])
                for found in rows_of(self.session, name, sorted(uids, reverse=True)):
                    if identity := drafts.identity_of(found.data, key):
                        return identity
        return None

    def put_away(self, data: bytes) -> None:
        self.client.append(self._made(SENT), data.replace(b"\n", b"\r\n"), flags=(b"\\Seen",))

    def keeps_sent(self) -> bool:
        return bool(self.client.has_capability("X-GM-EXT-1"))

    def archive(self) -> str:
        """Where a server keeps every message in one folder, to archive is to leave it there alone."""
        folders = self.session.folders()
        return folders.named(ARCHIVE) or folders.named(ALL) or self._made(ARCHIVE)

    def mark(self, message: str, flag: str, *, on: bool) -> bool:
        found = look_up(self.session, message, rows.HEAD, change=True).message
        assert isinstance(found, Remote)
        written = f"\\{flag}"
        if (written in found.flags) is on:
            return False
        change = self.client.add_flags if on else self.client.remove_flags
        self._changed(found, change([uid_of(found)], [written]), written, on=on)
        return True

    def search(self, folder: str, words: Sequence[str], many: int) -> list[Found]:
        name = self.existing(folder)
        if not self._open(name):
            return []
        criteria = [part for word in words for part in ("TEXT", word)]
        plain = all(word.isascii() for word in words)
        uids = self.client.search(criteria, charset=None if plain else "UTF-8")
        return list(rows_of(self.session, name, sorted(uids, reverse=True)[:many]))

    def _made(self, role: str) -> str:
        folders = self.session.folders(anew=True)
        if name := folders.named(role):
            return name
        name = folders.prefix + CREATED[role]
        self.client.create_folder(name)
        self.client.subscribe_folder(name)
        return self.session.folders(anew=True).existing(name)

    def arrived(self, folder: str, cursor: Any) -> tuple[list[Found], Any]:
        return arriving.arrived(self.session, self.existing(folder), cursor)

    def _open(self, name: str) -> int:
        """How many messages it has now. Raises ConnectorError where it went since the folders were listed."""
        try:
            state = opened(self.session, name, anew=True)
        except Gone:
            state = self.session.open(self.session.folders(anew=True).existing(name), anew=True)
        return int(state.get(b"EXISTS") or 0)

    def _numbered(self, name: str, high: int, many: int) -> list[Found]:
        """Heads by their number in the open folder, the newest first."""
        numbers = range(high, max(0, high - many), -1)
        self.client.use_uid = False
        try:
            answer = self.client.fetch(numbers, rows.HEAD)
        finally:
            self.client.use_uid = True
        validity, code = validity_of(self.session), ids.code(name)
        items = [item for number in numbers if isinstance((item := answer.get(number, {})).get(b"UID"), int)]
        every = [rows.found(item, name, validity, item[b"UID"], code) for item in items]
        return [found for found in every if found]


def uid_of(message: Message) -> int:
    assert isinstance(message, Remote)
    return message.place.uid
