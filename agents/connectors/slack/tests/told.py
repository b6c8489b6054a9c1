"""A Slack that answers as it is told to, with a linked account, and what comes from there."""

from collections.abc import Iterator
from typing import Any

import pytest

from agents.connections.models import Connection
from agents.connectors.slack.linking.models import Link
from agents.connectors.slack.posting.models import AskMessage
from agents.connectors.slack.tests.answers import Answering, answering
from agents.connectors.slack.tests.incoming import connection, event, numbers
from tests.cast import Cast

REVOKED = (200, {}, {"ok": False, "error": "token_revoked"})
LIMITED = (429, {"Retry-After": "30"}, {"ok": False, "error": "ratelimited"})
AWAY = (503, {}, {"ok": False, "error": "service_unavailable"})
LOST = None  # it happened, and the answer got lost


@pytest.fixture
def slack() -> Iterator[Answering]:
    with answering() as found:
        yield found


@pytest.fixture
def place(cast: Cast, slack: Answering) -> Connection:
    return connection(cast, slack.url)


@pytest.fixture
def link(cast: Cast, place: Connection) -> Link:
    return Link.objects.create(
        connection=place, person=cast.mia, team="T1", account="U1", room="D1", told=True
    )


def mention(text: str = "sort the inbox") -> dict[str, Any]:
    number = f"1.{next(numbers)}"
    told = {"type": "app_mention", "user": "U1", "text": f"<@UAPP> {text}", "channel": "C1", "ts": number}
    return event(told, team="T1")


def press(row: AskMessage, action: str) -> dict[str, Any]:
    row.refresh_from_db()
    return {
        "type": "block_actions",
        "trigger_id": f"t.{next(numbers)}",
        "team": {"id": "T1"},
        "user": {"id": "U1", "team_id": "T1"},
        "channel": {"id": row.channel},
        "message": {"ts": row.ts},
        "actions": [{"type": "button", "action_id": action, "value": str(row.ask)}],
    }
