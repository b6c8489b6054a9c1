"""A portal that tells people by mail, and a server of the tests' own that takes the mails."""

import email
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from django.utils import timezone

from portal.env_outgoing import STARTTLS, Smtp
from portal.notices import kinds
from portal.notices.channels import Shown
from portal.notices.kinds import Kind
from tests.portal.post_office import PASSWORD, Post


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(kinds, "_known", {})
    kinds.declare(
        [
            Kind("t.ask", "A question waits for me", "Tasks", "It asks."),
            Kind("t.end", "A task ended", "Tasks", "x"),
        ]
    )
    settings.ADDRESS = "https://portal.example"


@pytest.fixture
def server(post: Post, settings: Any) -> Post:
    settings.SMTP = smtp(post)
    return post


def smtp(post: Post, **changed: Any) -> Smtp:
    given = {"security": STARTTLS, "user": "portal", "password": PASSWORD, **changed}
    return Smtp(
        "localhost",
        post.port,
        sender="Agent Portal <portal@example.com>",
        address="portal@example.com",
        **given,
    )


def shown(number: int, text: str = "Inbox triage asks you.", kind: str = "t.ask") -> Shown:
    return Shown(
        number,
        kind,
        "A question waits for me",
        text,
        f"https://portal.example/notices/{number}/",
        timezone.now(),
    )


def received(server: Post) -> list[EmailMessage]:
    return [email.message_from_bytes(one.content or b"", policy=default) for one in server.letters]  # type: ignore[misc]


def part(letter: EmailMessage, kind: str) -> str:
    found = letter.get_body((kind,))
    assert found is not None
    return str(found.get_content())
