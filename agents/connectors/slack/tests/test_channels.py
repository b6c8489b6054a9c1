"""What agents read and write in channels: as it stands there, once, and nothing of other people's is changed."""

from typing import Any
from uuid import uuid4

import pytest

from agents.connectors.base import CallContext, ConnectorError
from agents.connectors.slack import channels
from agents.connectors.slack.connector import Slack
from agents.connectors.slack.names import message_id
from agents.connectors.slack.tests import workspace

slack = Slack()
LEA = workspace.PEOPLE["lea"]


def do(capability: str, *, agent: int = 7, key: str = "", **arguments: Any) -> Any:
    call = CallContext(capability, arguments, key or str(uuid4()), agent, "An agent", 1, 1)
    return slack.perform(workspace.connection(), call).data


def test_a_channel_is_read_with_names_replies_and_files_and_private_ones_only_where_the_app_is_in() -> None:
    place, name = workspace.channel(private=True)
    asked = workspace.says("mia", place, f"Who has <@{workspace.user_id('lea')}>'s keys &amp; the car?")
    workspace.says("lea", place, "Me", thread_ts=asked)
    workspace.person("lea").files_upload_v2(channel=place, filename="keys.csv", content="a,b")
    found = do("slack.read", channel=f"#{name}")["messages"]
    assert [one["from"].lower() for one in found] == ["lea", "mia"]
    assert found[1]["text"].lower() == "who has @lea's keys & the car?"
    assert (found[1]["email"], found[1]["replies"]) == (workspace.PEOPLE["mia"], 1)
    assert found[0]["files"][0]["name"] == "keys.csv"
    assert [one["text"] for one in do("slack.thread", channel=name, message=found[1]["id"])["messages"]][
        1:
    ] == ["Me"]
    _, closed = workspace.channel(private=True, invite=False)
    with pytest.raises(ConnectorError, match="no channel with the name"):
        do("slack.read", channel=closed)


def test_a_search_finds_all_the_words_and_says_how_far_it_looked() -> None:
    place, name = workspace.channel()
    for text in ("the red lamp", "the blue lamp", "a red chair"):
        workspace.says("mia", place, text)
    found = do("slack.search", channel=name, words="lamp red")
    assert [one["text"] for one in found["messages"]] == ["the red lamp"]
    assert (found["looked_through"], found["all"]) == (3, True)


def test_a_text_is_shown_as_it_is_and_only_named_people_are_notified() -> None:
    place, name = workspace.channel()
    text = f"<!channel> <@{workspace.user_id('olga')}> @lea <https://a.example|bank> *5 > 4* & so"
    do("slack.post", channel=name, text=text)
    do("slack.post", channel=name, text="Keys", mentions=[LEA, "@here", LEA])
    plain, mentions = workspace.messages(place)
    assert "<" not in plain["text"]
    assert [plain.get(one) for one in ("mrkdwn", "link_names", "unfurl_links", "unfurl_media")] == [False] * 4
    assert mentions["text"] == f"<@{workspace.user_id('lea')}> <!here> Keys"
    assert do("slack.read", channel=name)["messages"][1]["text"] == text
    for wrong in (["nobody@example.com"], ["<!channel>"], "lea", [7], ["U0123456789"]):
        with pytest.raises(ConnectorError):
            do("slack.post", channel=name, text="No", mentions=wrong)
    assert len(workspace.messages(place)) == 2


def test_answers_stay_in_the_thread_also_of_an_answer() -> None:
    place, name = workspace.channel()
    asked = workspace.says("mia", place, "Who?")
    answer = workspace.says("lea", place, "Me", thread_ts=asked)
    do("slack.reply", channel=name, message=message_id(place, asked), text="One")
    do("slack.reply", channel=name, message=message_id(place, answer), text="Two")
    assert [one["text"] for one in workspace.messages(place)] == ["Who?", "Me", "One", "Two"]
    other, _ = workspace.channel()
    with pytest.raises(ConnectorError, match="in another channel"):
        do("slack.reply", channel=name, message=message_id(other, asked), text="Three")


def test_only_what_this_agent_wrote_is_changed_or_deleted() -> None:
    place, name = workspace.channel()
    own = do("slack.post", channel=name, text="Draft")["id"]
    theirs = message_id(place, workspace.says("mia", place, "Mine"))
    for message, agent in ((theirs, 7), (own, 8)):
        for capability, more in (("slack.update", {"text": "Changed"}), ("slack.delete", {})):
            with pytest.raises(ConnectorError, match="did not write that message"):
                do(capability, agent=agent, channel=name, message=message, **more)
    do("slack.update", channel=name, message=own, text="Final")
    assert [one["text"] for one in workspace.messages(place)] == ["Final", "Mine"]
    do("slack.delete", channel=name, message=own)
    assert [one["text"] for one in workspace.messages(place)] == ["Mine"]
    with pytest.raises(ConnectorError, match="no such message"):
        do("slack.delete", channel=name, message=own)


def test_a_file_is_shared_whole_with_its_name() -> None:
    place, name = workspace.channel()
    number = do("slack.upload", channel=name, name="keys.csv", text="who\nMia, é")["file"]
    (message,) = workspace.messages(place)
    assert (message["files"][0]["id"], message["files"][0]["name"]) == (number, "keys.csv")
    assert message["files"][0]["size"] == len("who\nMia, é".encode())


def test_a_name_that_changed_hands_leads_to_the_channel_that_has_it_now() -> None:
    first, name = workspace.channel()
    do("slack.post", channel=name, text="One")
    workspace.person("mia").conversations_rename(channel=first, name=f"{name}-old")
    with pytest.raises(ConnectorError, match="no channel with the name"):
        do("slack.post", channel=name, text="Two")
    second, _ = workspace.channel(name)
    do("slack.post", channel=name, text="Three")
    assert [one["text"] for one in workspace.messages(first) if not one.get("subtype")] == ["One"]
    assert [one["text"] for one in workspace.messages(second)] == ["Three"]
    do("slack.post", channel=second, text="By its id")
    assert [one["text"] for one in workspace.messages(second)] == ["Three", "By its id"]


def test_people_are_looked_up_by_their_address_alone() -> None:
    assert do("slack.person", person=LEA)["name"].lower() == "lea"
    with pytest.raises(ConnectorError, match="Nobody in the workspace"):
        do("slack.person", person="nobody@example.com")
    told = do("slack.message", person=LEA, text="You have the keys.")["id"]
    assert told.startswith("D")
    with pytest.raises(ConnectorError, match="no channel with the name"):
        do("slack.read", channel=told.partition("-")[0])


def test_a_thousand_channels_are_listed_by_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [channels.Channel(f"C{number:09}", f"room-{number:04}") for number in range(250)]
    monkeypatch.setattr(channels, "every", lambda api: many)
    pages = [do("slack.channels", page=page) for page in (1, 3, 4)]
    assert [len(page["channels"]) for page in pages] == [100, 50, 0]
    assert pages[0]["pages"] == 3
