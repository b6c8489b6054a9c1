"""Slack away, slow, asked too often, its token revoked in the middle: nothing is lost, nothing is there twice."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents.approvals import actions as approvals
from agents.connections.models import Connection
from agents.connectors.desk import Question
from agents.connectors.slack import sweeping
from agents.connectors.slack.answering import messages
from agents.connectors.slack.answering.blocks import YES
from agents.connectors.slack.linking.models import Link
from agents.connectors.slack.posting import replies
from agents.connectors.slack.posting.models import Reply
from agents.connectors.slack.tests.answers import Answering
from agents.connectors.slack.tests.incoming import deliver, settle, time_passes
from agents.connectors.slack.tests.told import (  # noqa: F401
    AWAY,
    LIMITED,
    LOST,
    REVOKED,
    link,
    mention,
    place,
    press,
    slack,
)
from agents.queue.models import Task
from tests import builders
from tests.agents import asking
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("trouble", [LIMITED, AWAY, LOST, REVOKED])
def test_a_reply_comes_once_when_the_trouble_is_over(
    cast: Cast, slack: Answering, place: Connection, link: Link, trouble: Any
) -> None:
    builders.agent(cast.mia, cast.support)
    slack.next["chat.postMessage"] = [trouble, trouble]
    assert deliver(place, mention()) == 200
    settle()
    for _ in range(3):
        time_passes()
        settle()
    assert Task.objects.count() == 1
    assert [post["text"].split(" of ")[0] for post in slack.posts] == [
        f"Queued as task {Task.objects.get().pk}"
    ]


def test_it_waits_as_long_as_slack_asks(cast: Cast, slack: Answering, place: Connection, link: Link) -> None:
    slack.next["chat.postMessage"] = [LIMITED]
    replies.say(place.pk, "C1", "Hello", key="once")
    settle()
    row = Reply.objects.get()
    assert row.due_at is not None
    assert timedelta(seconds=25) < row.due_at - timezone.now() < timedelta(seconds=35)
    settle()
    assert len(slack.methods("chat.postMessage")) == 1


def test_an_ask_in_the_middle_of_a_revoked_token_is_answered_once_all_the_same(
    cast: Cast, slack: Answering, place: Connection, link: Link
) -> None:
    """The press was taken; that the message cannot be changed keeps nobody from the answer."""
    ask = asking.asked(*asking.running(cast))
    row = messages.show(link, Question("ask", ask.pk), key="notice:1", wish=messages.Look.WHOLE)
    settle()
    body = press(row, YES)
    slack.next["chat.update"] = [REVOKED, LIMITED, AWAY]
    assert deliver(place, body) == 200
    settle()
    ask.refresh_from_db()
    assert ask.answered_by == cast.mia
    for _ in range(4):
        time_passes()
        settle()
    assert "allowed this" in slack.posts[0]["blocks"]
    assert YES not in slack.posts[0]["blocks"]
    assert len(slack.posts) == 1


@pytest.mark.parametrize("trouble", [LIMITED, AWAY, LOST, REVOKED])
def test_an_ask_is_posted_once_and_not_after_it_closed(
    cast: Cast, slack: Answering, place: Connection, link: Link, trouble: Any
) -> None:
    ask = asking.asked(*asking.running(cast))
    slack.next["chat.postMessage"] = [trouble]
    messages.show(link, Question("ask", ask.pk), key="notice:1", wish=messages.Look.WHOLE)
    settle()
    approvals.answer(cast.mia, ask, yes=False)
    for _ in range(2):
        sweeping.sweep()
        time_passes()
        settle()
    assert len(slack.posts) == (1 if trouble is LOST else 0)
    assert all(YES not in post["blocks"] for post in slack.posts), (
        "one whose answer got lost is found and closed"
    )


def test_what_slack_never_takes_ends(cast: Cast, slack: Answering, place: Connection) -> None:
    slack.next["chat.postMessage"] = [(200, {}, {"ok": False, "error": "channel_not_found"})]
    replies.say(place.pk, "C1", "Hello", key="once")
    for _ in range(3):
        settle()
        time_passes()
    assert len(slack.methods("chat.postMessage")) == 1
    assert Reply.objects.get().due_at is None


def test_nothing_that_is_posted_mentions_or_links_by_itself(
    cast: Cast, slack: Answering, place: Connection, link: Link
) -> None:
    builders.agent(cast.mia, cast.support, name="A <!channel> & b")
    builders.agent(cast.mia, cast.support, name="Other")
    assert deliver(place, mention()) == 200
    settle()
    told = slack.methods("chat.postEphemeral")[0]["text"]
    assert "&lt;!channel&gt; &amp; b" in told
    assert "<!" not in told
    assert all(json.loads(post["metadata"])["event_type"] for post in slack.methods("chat.postMessage"))
