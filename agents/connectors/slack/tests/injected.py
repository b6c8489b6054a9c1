"""The injection set (thirty mails, sixteen languages) as people could write it in Slack: bare words."""

import email
import email.policy
import re
from functools import cache
from pathlib import Path

from django.conf import settings

from tests.agents.injections.index import ALL

MAILS = Path(settings.BASE_DIR) / "tests" / "agents" / "injections"


@cache
def texts() -> tuple[str, ...]:
    """Of each its author's name, subject, texts and names of files, in one line."""
    return tuple(_said((MAILS / f"{one.file}.eml").read_bytes()) for one in ALL)


def _said(raw: bytes) -> str:
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    parts = [str(mail["subject"] or ""), str(mail["from"] or "").partition("<")[0]]
    for part in mail.walk():
        parts.append(part.get_filename() or "")
        if part.get_content_maintype() == "text":
            parts.append(re.sub(r"<(?!!--)[^>]*>|<!--|-->", " ", part.get_content()))
    return " ".join(" ".join(parts).split())
