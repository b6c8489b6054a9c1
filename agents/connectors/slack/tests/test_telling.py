"""Notices by Slack: for linked people who want them, without private words, each once; asks with a button."""

from typing import Any

import pytest
from django.utils import timezone

from agents.approvals import actions as approvals
from agents.approvals.models import Approval
from agents.connectors.slack.answering.blocks import NO, SHOW, YES
from agents.connectors.slack.linking.models import Link
from agents.connectors.slack.posting.models import AskMessage
from agents.connectors.slack.telling.channel import SlackNotices
from agents.connectors.slack.telling.lines import LINES
from agents.connectors.slack.tests.answers import Answering
from agents.connectors.slack.tests.incoming import settle, time_passes
from agents.connectors.slack.tests.told import link, place, slack  # noqa: F401
from portal.notices import channels
from portal.notices.channels import Away, Refused, Shown
from portal.notices.models import Notice
from portal.people.models import Person
from tests.agents import asking
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def notice(person: Person, text: str = "A task has ended.", ask: Approval | None = None) -> Shown:
    row = Notice.objects.create(
        person=person,
        kind="ask.waits" if ask else "task.ended",
        about_type="agents.Approval" if ask else "agents.Task",
        about_id=ask.pk if ask else 1,
        key=str(Notice.objects.count()),
        reason={},
        link="/asks/1/",
    )
    link = f"https://portal.example.com/notices/{row.pk}/"
    return Shown(row.pk, row.kind, "A title", text, link, timezone.now())


def texts(slack: Answering) -> list[str]:
    return [post["text"] for post in slack.posts]


def test_it_is_there_for_who_is_linked_and_wants_it(cast: Cast, link: Link) -> None:
    channel = SlackNotices()
    assert any(type(known) is SlackNotices for known in channels.ready())
    assert (channel.may(cast.mia), channel.may(cast.lea)) == (True, False)
    for change in ({"told": False}, {"told": True, "ended_at": timezone.now()}):
        Link.objects.update(**change)
        assert (channel.ready(), channel.may(cast.mia)) == (False, False)
        with pytest.raises(Refused):
            channel.send(cast.mia, [notice(cast.mia)])


def test_lines_come_together_and_each_once(cast: Cast, slack: Answering, link: Link) -> None:
    told = [notice(cast.mia, f"Task {number} of <!here> has ended.") for number in range(3)]
    for _ in range(2):
        SlackNotices().send(cast.mia, told)
    SlackNotices().send(cast.mia, [*told, notice(cast.mia, "One more.")])
    assert [len(text.splitlines()) for text in texts(slack)] == [3, 1]
    assert "&lt;!here&gt;" in texts(slack)[0]
    assert f"<{told[0].link}|Open it>" in texts(slack)[0]


def test_many_are_one_message_of_some_lines(cast: Cast, slack: Answering, link: Link) -> None:
    SlackNotices().send(cast.mia, [notice(cast.mia) for _ in range(LINES + 20)])
    assert texts(slack)[0].endswith("And 20 more, in the portal.")
    assert len(texts(slack)) == 1


@pytest.mark.parametrize(
    ("answer", "raised", "wait"),
    [
        ((429, {"Retry-After": "40"}, {"ok": False, "error": "ratelimited"}), Away, 40.0),
        ((503, {}, {"ok": False}), Away, None),
        (None, Away, None),
        ((200, {}, {"ok": False, "error": "token_revoked"}), Away, 600.0),
        ((200, {}, {"ok": False, "error": "channel_not_found"}), Refused, None),
    ],
)
def test_trouble_is_told_apart_and_nothing_comes_twice(
    cast: Cast, slack: Answering, link: Link, answer: Any, raised: type[Exception], wait: float | None
) -> None:
    slack.next["chat.postMessage"] = [answer]
    told = [notice(cast.mia)]
    with pytest.raises(raised) as error:
        SlackNotices().send(cast.mia, told)
    assert getattr(error.value, "retry_after", None) == wait
    assert error.value.why["code"].startswith("slack_")  # type: ignore[attr-defined]
    SlackNotices().send(cast.mia, told)
    assert len(slack.posts) == 1, "what happened although the answer got lost is found"


def test_an_ask_comes_with_a_button_and_without_its_words(cast: Cast, slack: Answering, link: Link) -> None:
    ask = asking.asked(*asking.running(cast), said="The customer is Eve")
    told = [notice(cast.mia, "An agent asks you.", ask), notice(cast.mia)]
    for _ in range(2):
        SlackNotices().send(cast.mia, told)
        settle()
    assert len(slack.posts) == 2
    shown = next(post for post in slack.posts if "blocks" in post)
    assert SHOW in shown["blocks"]
    assert not any(word in str(shown) for word in ("Eve", "lea.brandt", YES, NO))
    SlackNotices().send(cast.mia, [notice(cast.mia, "It closes soon.", ask)])
    settle()
    assert texts(slack)[-1].startswith("It closes soon.")
    assert AskMessage.objects.count() == 1


def test_an_ask_that_is_settled_by_now_is_not_sent(cast: Cast, slack: Answering, link: Link) -> None:
    ask = asking.asked(*asking.running(cast))
    slack.next["chat.postMessage"] = [(503, {}, {"ok": False})]
    SlackNotices().send(cast.mia, [notice(cast.mia, "An agent asks you.", ask)])
    settle()
    approvals.answer(cast.mia, ask, yes=False)
    time_passes()
    settle()
    assert slack.posts == []
