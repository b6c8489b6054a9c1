"""What schedules hear of a channel: each message once, however many came, and never the portal's own."""

from typing import Any
from uuid import uuid4

import pytest

from agents.connectors.base import CallContext, ConnectionContext, News, Watch
from agents.connectors.slack import arrivals
from agents.connectors.slack.connector import Slack
from agents.connectors.slack.names import message_id
from agents.connectors.slack.tests import incoming, workspace
from agents.connectors.slack.tests.answers import answering
from tests.cast import Cast

pytestmark = pytest.mark.django_db
slack = Slack()
ROOM = "C0ORDERS1"


@pytest.fixture
def place(cast: Cast) -> ConnectionContext:
    return incoming.connection(cast).context()


def look(place: ConnectionContext, name: str, cursor: Any, event: str = arrivals.MESSAGE.name) -> News:
    return slack.news(place, Watch(event, name, 7, "An agent", 1, cursor))


def test_each_message_is_told_once_and_never_the_portals_own(place: ConnectionContext) -> None:
    room, name = workspace.channel()
    workspace.says("mia", room, "Before")
    first = look(place, name, None)
    assert first.happened == ()
    call = CallContext("slack.post", {"channel": name, "text": "Ours"}, str(uuid4()), 7, "An agent", 1, 1)
    own, new = slack.perform(place, call).data, workspace.says("mia", room, "New")
    app = workspace.says("lea", room, f"<@{workspace.user_id('portal')}> look")
    news = look(place, name, first.cursor)
    assert [one.key for one in news.happened] == [message_id(room, new), message_id(room, app)]
    assert own["id"] not in str(news)
    assert look(place, name, news.cursor) == News((), news.cursor)
    mentions = look(place, name, first.cursor, arrivals.MENTION.name).happened
    assert [one.key for one in mentions] == [message_id(room, app)]


def test_more_than_one_look_can_read_is_read_by_the_next_ones(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what comes while the rest is read."""
    monkeypatch.setattr(arrivals, "PAGE", 2)
    monkeypatch.setattr(arrivals, "PAGES", 2)
    with answering() as elsewhere:
        elsewhere.always["conversations.info"] = {"ok": True, "channel": {"id": ROOM, "name": "orders"}}
        place = incoming.connection(cast, elsewhere.url).context()

        def comes(number: int) -> str:
            ts = f"100.{number:06}"
            elsewhere.posts.append({"ts": ts, "text": f"Number {number}"})
            return message_id(ROOM, ts)

        comes(0)
        cursor = look(place, ROOM, None).cursor
        wanted, told = [comes(number) for number in range(1, 12)], []
        for number in range(6):
            if number == 1:
                wanted.append(comes(12))
            news = look(place, ROOM, cursor)
            told += [one.key for one in news.happened]
            cursor = news.cursor
    assert sorted(told) == wanted
    assert isinstance(cursor, str), "nothing is left to be read"


@pytest.mark.parametrize("begins", ["with the newest", "with the earliest"])
def test_both_ways_in_which_slack_pages(monkeypatch: pytest.MonkeyPatch, begins: str) -> None:
    monkeypatch.setattr(arrivals, "PAGE", 3)
    monkeypatch.setattr(arrivals, "PAGES", 2)
    every = [{"ts": f"{number}.000000"} for number in range(1, 21)]

    class Paged:
        def read(self, method: str, **asked: Any) -> dict[str, Any]:
            rows = [row for row in every if arrivals._within(row["ts"], (asked["oldest"], asked["latest"]))]
            if begins == "with the newest" or asked["latest"]:
                rows.reverse()
            at = int(asked["cursor"] or 0)
            more = str(at + asked["limit"]) if at + asked["limit"] < len(rows) else ""
            page = rows[at : at + asked["limit"]]
            return {"messages": page, "response_metadata": {"next_cursor": more}}

    stretch, told = ("5.000000", ""), []
    while stretch:
        rows, stretch = arrivals._between(Paged(), "C1", stretch)  # type: ignore[arg-type,assignment]
        told += [row["ts"] for row in rows]
    assert sorted(told) == sorted(row["ts"] for row in every[5:])
    assert len(told) == len(set(told))
