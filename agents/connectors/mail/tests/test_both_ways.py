"""A mail says the same whether it comes from a server or from a Maildir, however it is made."""

from pathlib import Path
from typing import Any

from agents.connectors.mail.tests.both_ways import differences
from agents.connectors.mail.tests.dovecot import Dovecot, dovecot, dovecot_server
from agents.connectors.mail.tests.mailbox_copy import SAMPLE
from agents.connectors.mail.tests.support_mails import support_mails

__all__ = ["dovecot", "dovecot_server"]
WHO = b"From: Jo Doe <jo@example.org>\nSubject: Hello\n"
SHAPES = {
    "no head": b"\nCould you call me?\n",
    "no text": WHO,
    "no line at the end": WHO + b"\nCould you call me?",
    "lines of servers": (WHO + b"\nOne\nTwo\n").replace(b"\n", b"\r\n"),
    "lines of both": WHO + b"\r\nOne\r\nTwo\nThree\n",
    "a line that never ends": WHO + b"\n" + b"lamp " * 4_000,
    "a mark at the beginning": b"\xef\xbb\xbf" + WHO + b"\nHi\n",
    "a line of mbox": b"From jo@example.org Mon Oct  5 10:00:00 2026\n" + WHO + b"\nHi\n",
    "no header among headers": WHO + b"nonsense\nX-More: 1\n\nHi\n",
    "letters that heads do not allow": "From: Мария <m@example.org>\nSubject: Вопрос\n\nДа\n".encode("cp1251"),
    "a long head": b"To: " + b",\n ".join(b"N%d <n%d@example.org>" % (n, n) for n in range(3_000)) + b"\n"
    + WHO + b"\nHi\n",
    "two charsets": WHO + b"Content-Type: text/plain; charset=utf-8\n\nGr\xc3\xbc\xc3\x9fe \xff\n",
    "parts without an end": WHO + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHi\n--b\n"
    b"Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\nJVBERi0\n",
    "two messages in one": WHO + b"Content-Type: message/rfc822\n\n" + WHO + b"\nInside\n",
}  # fmt: skip


def test_a_mail_says_the_same_from_both(dovecot: Dovecot, tmp_path: Path, settings: Any) -> None:
    settings.MAIL_ROOT = tmp_path
    mails = {file.name: file.read_bytes() for file in sorted(SAMPLE.iterdir())} | SHAPES
    mails |= {f"support {number}": one.data for number, one in enumerate(support_mails())}
    assert len(mails) == 14 + len(SHAPES) + 60
    assert differences(dovecot, tmp_path, mails) == []
