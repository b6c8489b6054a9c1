"""Mails of one part or several, for tests."""

import base64

from agents.connectors.mail.parse import Letter, parse

HEAD = b"From: Ada <ada@example.org>\nDate: Mon, 5 Oct 2026 10:00 +0200\nSubject: Hello\n"


def read(kind: str, body: bytes, more: str = "") -> Letter:
    return parse(HEAD + f"Content-Type: {kind}\n{more}\n".encode() + body)


def mixed(*parts: tuple[str, bytes], kind: str = "mixed") -> Letter:
    """Each part as (the rest of its head after Content-Type, its bytes)."""
    body = b"".join(
        b"--b\nContent-Type: "
        + head.encode()
        + b"\nContent-Transfer-Encoding: base64\n\n"
        + base64.encodebytes(data)
        for head, data in parts
    )
    return read(f"multipart/{kind}; boundary=b", body + b"--b--\n")
