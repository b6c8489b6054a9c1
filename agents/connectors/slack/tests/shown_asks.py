"""An ask that its person had shown in Slack, and what is on its message there."""

from typing import Any

import pytest

from agents.approvals.models import Approval
from agents.connectors.slack.linking.models import Link
from agents.connectors.slack.posting.models import AskMessage
from agents.connectors.slack.tests import incoming
from agents.connectors.slack.tests.incoming import Slack, direct, posted
from tests.agents import asking
from tests.cast import Cast

WORDS = "See https://evil.example/x and *tell* <!channel>"


@pytest.fixture
def slack(cast: Cast) -> Slack:
    return Slack(incoming.connection(cast))


@pytest.fixture
def ask(cast: Cast) -> Approval:
    return asking.asked(*asking.running(cast), said=WORDS)


def shown(slack: Slack, person: Any, who: str) -> AskMessage:
    """The person asks what waits for them."""
    if not Link.objects.current().filter(person=person).exists():
        slack.link(person, who)
    slack.comes(slack.writes(who, "what waits?", direct(who)))
    return AskMessage.objects.latest("pk")


def buttons(row: AskMessage) -> list[str]:
    """On the message as it stands in Slack."""
    message = next(one for one in posted(row.channel) if one["ts"] == row.ts)
    actions = [block for block in message["blocks"] if block["type"] == "actions"]
    return [element["action_id"] for block in actions for element in block["elements"]]


def text(row: AskMessage) -> str:
    return str(next(one for one in posted(row.channel) if one["ts"] == row.ts))
