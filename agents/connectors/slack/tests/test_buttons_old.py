"""A message whose ask has closed has no buttons, and pressing one of before answers nothing."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.urls import reverse

from agents.approvals import actions as approvals
from agents.approvals.models import Approval
from agents.connectors.slack import sweeping
from agents.connectors.slack.answering.blocks import SHOW, YES
from agents.connectors.slack.tests.incoming import Slack, settle
from agents.connectors.slack.tests.shown_asks import ask, buttons, shown, slack, text  # noqa: F401
from agents.lifecycle.tasks import cancel_task
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db


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
