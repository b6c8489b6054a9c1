"""The mails of ``support_mails.txt``, read as an agent reads them, with their labels."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.connectors.mail.mailbox import Found
from agents.connectors.mail.parse import parse
from agents.connectors.mail.reading import whole
from agents.connectors.mail.requests import Asked
from agents.connectors.mail.sorting import sort
from agents.connectors.mail.stored import Stored

FILE = Path(__file__).parent / "support_mails.txt"
OWN = "support@example.com"
HEAD = (
    f"To: Northwind Lamps Support <{OWN}>\nDate: Mon, 05 Oct 2026 10:00:00 +0200\nMIME-Version: 1.0\n"
    "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
)


@dataclass(frozen=True, slots=True)
class SupportMail:
    """``waits``: an answer is to be drafted. ``data``: as it came; ``mail``: as an agent reads it."""

    label: str
    waits: bool
    language: str
    data: bytes
    mail: Mapping[str, Any]


def support_mails() -> list[SupportMail]:
    return [_read(one) for one in re.split(r"(?m)^==== ", FILE.read_text())[1:]]


def _read(block: str) -> SupportMail:
    said, _, mail = block.partition("\n")
    label, draft, language = said.split()
    data = f"{HEAD}{mail}".encode()
    return SupportMail(label, draft == "draft", language, data, as_read(data))


def as_read(data: bytes, own: str = OWN) -> dict[str, Any]:
    """What ``mail.read`` says of it."""
    found = Found(Stored("m1", "INBOX", FILE), "m1", data, len(data), ())
    return whole(found, parse(data), [own])


def right(one: SupportMail) -> bool:
    """Is it labelled as a person labelled it?"""
    return sort(one.mail).label == one.label


def drafted(one: SupportMail) -> Asked | None:
    return sort(one.mail).waits
