"""A message whose ask has closed has no buttons, and pressing one of before answers nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.urls import reverse

from agents.approvals import actions as approvals
from agents.approvals.models import Approval
from agents.connectors.slack import sweeping
from agents.connectors.slack.answering.blocks import SHOW, YES
from agents.connectors.slack.linking.models import Link
from agents.connectors.slack.posting.models import AskMessage
from agents.connectors.slack.tests import incoming
from agents.connectors.slack.tests.incoming import Slack, direct, posted, settle
from agents.lifecycle.tasks import cancel_task
from tests.agents import asking
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db
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


@pytest.mark.parametrize("how", ["answered", "expired", "cancelled", "task ended", "changed", "unlinked"])
def test_no_button_stays_on_an_old_message(cast: Cast, slack: Slack, ask: Approval, how: str) -> None:
    row = shown(slack, cast.mia, "mia")
    old = slack.presses("mia", row, YES)
    if how == "answered":
        approvals.answer(cast.mia, ask, yes=False)
    elif how == "expired":
        Approval.objects.update(expires_at=F("asked_at") - timedelta(hours=1))
    elif how == "cancelled":
        approvals.cancel_asks(Approval.objects.all(), why={"code": "task_ended", "params": {}})
    elif how == "task ended":
        cancel_task(cast.mia, ask.call.task)
    elif how == "changed":
        type(ask.call).objects.filter(pk=ask.call_id).update(
            arguments={"to": "eve@evil.example", "text": "x"}
        )
    else:
        assert as_(cast.mia).post(reverse("slack:ending", args=[row.link_id])).status_code == 302
    if how != "changed":  # nobody is told that a call was altered; the answer sees it
        sweeping.sweep()
        settle()
        assert SHOW not in buttons(row)
        assert YES not in buttons(row)
    before = Approval.objects.get().state
    slack.comes(old)
    ask.refresh_from_db()
    assert ask.state == (Approval.State.CANCELLED if how == "changed" else before) != Approval.State.APPROVED
    assert not Approval.objects.filter(state=Approval.State.APPROVED).exists()
