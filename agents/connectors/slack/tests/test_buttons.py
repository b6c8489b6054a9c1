"""A button answers an ask as its page does: once, by the person it was shown to, for what was shown whole."""

import pytest
from django.utils import timezone

from agents.approvals.models import Approval
from agents.connectors.desk import Question
from agents.connectors.slack.answering import messages
from agents.connectors.slack.answering.blocks import NO, SHOW, YES
from agents.connectors.slack.linking.models import Link
from agents.connectors.slack.posting.models import AskMessage
from agents.connectors.slack.tests import workspace
from agents.connectors.slack.tests.incoming import Slack, deliver, direct, lines, settle
from agents.connectors.slack.tests.shown_asks import WORDS, ask, buttons, shown, slack, text  # noqa: F401
from agents.queue.models import Task
from agents.queue.states import TaskState
from portal.audit.models import Entry
from portal.audit.sentences import sentence
from tests.agents import asking
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_it_is_shown_whole_and_answered_there(cast: Cast, slack: Slack, ask: Approval) -> None:
    row = shown(slack, cast.mia, "mia")
    assert buttons(row) == [NO, YES, "portal_open"]
    whole = text(row)
    for part in (
        WORDS,
        "lea.brandt@example.com",
        "Ada Osei",
        "Portal chat",
        "The grant requires an answer each time",
    ):
        assert part in whole
    assert "mrkdwn" not in whole
    slack.comes(slack.presses("mia", row, YES))
    ask.refresh_from_db()
    assert (ask.state, ask.answered_by, ask.scope) == (Approval.State.APPROVED, cast.mia, Approval.Scope.ONCE)
    assert Task.objects.get().state == TaskState.QUEUED
    entry = Entry.objects.get(event="approval.approved")
    assert sentence(entry.event, "Mia Park", "", entry.details).endswith("in Portal chat (answered in Slack)")
    assert buttons(row) == ["portal_open"]
    assert "Mia Park allowed this" in text(row)
    assert WORDS not in text(row), "what is decided is not kept in Slack"


def test_no_is_no(cast: Cast, slack: Slack, ask: Approval) -> None:
    slack.comes(slack.presses("mia", shown(slack, cast.mia, "mia"), NO))
    ask.refresh_from_db()
    assert (ask.state, ask.answered_by) == (Approval.State.REFUSED, cast.mia)


def test_the_first_press_counts_and_the_next_hears_what_happened(
    cast: Cast, slack: Slack, ask: Approval
) -> None:
    row = shown(slack, cast.mia, "mia")
    yes = slack.presses("mia", row, YES)
    for body in (yes, yes, yes, slack.presses("mia", row, NO), slack.presses("mia", row, YES)):
        assert deliver(slack.place, body) == 200
    settle()
    ask.refresh_from_db()
    assert ask.state == Approval.State.APPROVED
    assert lines(direct("mia"))[-2:] == ["Mia Park has allowed this already."] * 2


def test_nobody_else_answers(cast: Cast, slack: Slack, ask: Approval) -> None:
    """Somebody with an account of their own, one without, and one whose link has ended."""
    row = shown(slack, cast.mia, "mia")
    slack.link(cast.lea, "lea")
    for who in ("lea", "olga"):
        slack.comes(slack.presses(who, row, YES))
    Link.objects.filter(person=cast.mia).update(ended_at=timezone.now())
    slack.comes(slack.presses("mia", row, YES))
    ask.refresh_from_db()
    assert ask.state == Approval.State.OPEN


@pytest.mark.parametrize("change", ["value", "message", "channel", "team", "forged", "aged", "altered"])
def test_a_press_that_was_not_on_this_message_answers_nothing(
    cast: Cast, slack: Slack, ask: Approval, change: str
) -> None:
    row = shown(slack, cast.mia, "mia")
    body, how = slack.presses("mia", row, YES), {}
    if change == "value":
        body["actions"][0]["value"] = str(ask.pk + 1)
    elif change == "message":
        body["message"]["ts"] = "1.000001"
    elif change == "channel":
        body["channel"]["id"] = direct("lea")
    elif change == "team":
        body["team"]["id"] = "T0ELSEWHERE"
    elif change == "forged":
        how = {"secret": "another"}
    elif change == "aged":
        how = {"age": 400}
    else:
        how = {"X-Slack-Signature": "v0=" + "a" * 64}
    assert deliver(slack.place, body, **how) == (401 if how else 200)
    settle()
    ask.refresh_from_db()
    assert ask.state == Approval.State.OPEN


def test_an_agents_own_message_with_such_buttons_answers_nothing(
    cast: Cast, slack: Slack, ask: Approval
) -> None:
    """What the app's token posted otherwise is no message that shows an ask."""
    slack.link(cast.mia, "mia")
    room = direct("mia")
    ts = workspace.person("portal").chat_postMessage(channel=room, text="Lunch?")["ts"]
    row = AskMessage(ask=ask.pk, channel=room, ts=ts)
    row.refresh_from_db = lambda: None  # type: ignore[method-assign]
    slack.comes(slack.presses("mia", row, YES))
    ask.refresh_from_db()
    assert ask.state == Approval.State.OPEN


def test_what_was_not_shown_whole_is_shown_first(cast: Cast, slack: Slack, ask: Approval) -> None:
    row = messages.show(slack.link(cast.mia, "mia"), Question("ask", ask.pk), key="notice:1")
    settle()
    assert buttons(AskMessage.objects.get()) == [SHOW, "portal_open"]
    assert WORDS not in text(AskMessage.objects.get())
    assert "lea.brandt" not in text(AskMessage.objects.get())
    slack.comes(slack.presses("mia", row, YES))  # made up: there was no such button
    ask.refresh_from_db()
    assert ask.state == Approval.State.OPEN
    row.refresh_from_db()
    assert buttons(row) == [NO, YES, "portal_open"]
    slack.comes(slack.presses("mia", row, NO))
    ask.refresh_from_db()
    assert ask.state == Approval.State.REFUSED


def test_a_second_person_gets_a_link_and_no_button(cast: Cast, slack: Slack) -> None:
    ask = asking.asked(*asking.running(cast, second_person=True))
    row = shown(slack, cast.ada, "lea")  # Ada's account in Slack has another name
    assert (row.ask, buttons(row)) == (ask.pk, ["portal_open"])
    for action in (SHOW, YES):
        slack.comes(slack.presses("lea", row, action))
    ask.refresh_from_db()
    assert ask.state == Approval.State.OPEN
    assert buttons(row) == ["portal_open"]


def test_what_does_not_fit_gets_a_link_and_no_button(cast: Cast, slack: Slack) -> None:
    ask = asking.asked(*asking.running(cast), said="word " * 799)
    row = shown(slack, cast.mia, "mia")
    assert buttons(row) == ["portal_open"]
    slack.comes(slack.presses("mia", row, YES))
    ask.refresh_from_db()
    assert ask.state == Approval.State.OPEN
