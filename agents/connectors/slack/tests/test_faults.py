"""Slack away, slow, too busy, of two minds, half an answer, a token taken back: nothing lost, nothing twice."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from agents.connectors.base import CallContext, ConnectorError, Result, Unavailable
from agents.connectors.slack import web_api
from agents.connectors.slack.connector import Slack
from agents.connectors.slack.tests import workspace
from agents.connectors.slack.tests.front import (
    Fault,
    Front,
    done_then,
    front,
    half,
    nothing,
    refused,
    slow,
    status,
)
from portal.outgoing import Unanswered
from portal.outgoing import http as outgoing

slack = Slack()
LOST = [done_then(nothing), done_then(half), done_then(status(500)), done_then(refused("fatal_error"))]


@pytest.fixture
def between() -> Iterator[Front]:
    with front() as made:
        yield made


def call(capability: str, **arguments: Any) -> CallContext:
    return CallContext(capability, arguments, str(uuid4()), 7, "An agent", 1, 1)


def texts(place: str) -> list[str]:
    return [message["text"] for message in workspace.messages(place) if not message.get("subtype")]


def perform(between: Front, wanted: CallContext) -> Result:
    return slack.perform(workspace.connection(api=between.url), wanted)


@pytest.mark.parametrize("lost", LOST)
def test_a_post_whose_answer_is_lost_is_unknown_then_found_and_never_doubled(
    between: Front, lost: Fault
) -> None:
    place, name = workspace.channel()
    wanted = call("slack.post", channel=name, text="Once")
    between.faults.append(("chat.postMessage", lost))
    with pytest.raises(Unanswered):
        perform(between, wanted)
    found = slack.reconcile(workspace.connection(api=between.url), wanted)
    assert found is not None
    assert perform(between, wanted).data == found.data
    assert texts(place) == ["Once"]


@pytest.mark.parametrize("lost", [nothing, half, status(503), refused("internal_error")])
def test_a_post_that_did_not_arrive_is_not_found_and_then_made_once(between: Front, lost: Fault) -> None:
    place, name = workspace.channel()
    wanted = call("slack.post", channel=name, text="Once")
    between.faults.append(("chat.postMessage", lost))
    with pytest.raises(Unanswered):
        perform(between, wanted)
    assert slack.reconcile(workspace.connection(api=between.url), wanted) is None
    perform(between, wanted)
    assert texts(place) == ["Once"]
    assert between.asked.count("chat.postMessage") == 2, "the client does not try it again by itself"


@pytest.mark.parametrize(
    "busy", [status(429, Retry_After="7"), refused("ratelimited"), refused("service_unavailable")]
)
def test_slack_that_is_asked_too_often_is_asked_later(between: Front, busy: Fault) -> None:
    place, name = workspace.channel()
    between.faults.append(("chat.postMessage", busy))
    with pytest.raises(Unavailable) as refusal:
        perform(between, call("slack.post", channel=name, text="Later"))
    assert getattr(refusal.value, "retry_after", 0.0) == (7.0 if "7 s" in str(refusal.value) else 0.0)
    assert texts(place) == []


def test_reading_waits_as_long_as_slack_asks_where_there_is_time(between: Front, monkeypatch: Any) -> None:
    waits: list[float] = []
    monkeypatch.setattr(outgoing.Client.__init__, "__kwdefaults__", {
        **outgoing.Client.__init__.__kwdefaults__, "pause": waits.append,
    })  # fmt: skip
    _, name = workspace.channel()
    between.faults.append(("conversations.history", status(429, Retry_After="3")))
    perform(between, call("slack.read", channel=name))
    assert max(waits) >= 3
    between.always["conversations.history"] = status(429, Retry_After="3000")
    with pytest.raises(Unavailable, match="wait 3000 s"):
        perform(between, call("slack.read", channel=name))


@pytest.mark.parametrize("code", ["token_revoked", "invalid_auth", "account_inactive"])
def test_a_token_that_is_taken_back_in_the_middle_is_said(between: Front, code: str) -> None:
    place, name = workspace.channel()
    between.faults.append(("chat.postMessage", refused(code)))
    with pytest.raises(ConnectorError, match="Enter a new one on the connection's page") as refusal:
        perform(between, call("slack.post", channel=name, text="Too late"))
    assert not isinstance(refusal.value, Unavailable)
    between.always["auth.test"] = refused(code)
    with pytest.raises(ConnectorError, match="does not take the connection's token"):
        slack.check(workspace.connection(api=between.url))
    assert texts(place) == []


def test_slack_that_is_slow_or_away_is_passing(between: Front, monkeypatch: Any) -> None:
    monkeypatch.setattr(web_api, "SECONDS", 1.0)
    between.always["auth.test"] = slow
    with pytest.raises(Unavailable, match=r"did not answer in time|does not answer"):
        slack.check(workspace.connection(api=between.url))
    for trouble in (status(502), half, nothing):
        between.always["auth.test"] = trouble
        with pytest.raises(Unavailable):
            slack.check(workspace.connection(api=between.url))


def test_what_is_no_answer_of_slack_is_said_plainly(between: Front) -> None:
    between.always["auth.test"] = status(404)
    with pytest.raises(ConnectorError, match=r"refuses auth\.test"):
        slack.check(workspace.connection(api=between.url))
    for body in (b"[]", b'"ok"', b"null", b'{"ok": "true"}', b"{}"):
        between.always["auth.test"] = lambda hand_on, body=body: (200, {}, body)
        with pytest.raises(ConnectorError):
            slack.check(workspace.connection(api=between.url))


def test_the_test_says_what_the_scopes_of_the_token_allow(between: Front) -> None:
    between.scopes = "channels:read,channels:history, chat:write"
    rights = slack.check(workspace.connection(api=between.url)).rights
    assert [name for name, why in rights.items() if not why] == [
        *("slack.channels", "slack.read", "slack.thread", "slack.search"),
        *("slack.post", "slack.reply", "slack.update", "slack.delete"),
    ]
    assert rights["slack.upload"] == "the app lacks files:write"
    assert rights["slack.message"] == "the app lacks users:read.email, im:write, im:history"


def test_a_scope_that_lacks_is_named(between: Front) -> None:
    _, name = workspace.channel()
    between.faults.append(("chat.postMessage", refused("missing_scope", needed="chat:write")))
    with pytest.raises(ConnectorError, match=r"lacks a permission in Slack \(chat:write\)"):
        perform(between, call("slack.post", channel=name, text="No"))


def test_a_channel_shared_with_others_is_written_in_only_where_settings_let(between: Front) -> None:
    place, name = workspace.channel()

    def shared(hand_on: Any) -> Any:
        number, headers, body = hand_on()
        told = json.loads(body)
        for one in [told.get("channel"), *told.get("channels", [])]:
            if one and one["id"] == place:
                one["is_ext_shared"] = True
        return number, headers, json.dumps(told).encode()

    between.always |= {"conversations.list": shared, "conversations.info": shared}
    with pytest.raises(ConnectorError, match="shared with another company"):
        perform(between, call("slack.post", channel=name, text="Outside"))
    assert perform(between, call("slack.read", channel=name)).data["messages"] == []
    slack.perform(
        workspace.connection(api=between.url, outside=True), call("slack.post", channel=name, text="Outside")
    )
    assert texts(place) == ["Outside"]


def test_a_file_goes_only_to_a_place_of_slacks(between: Front) -> None:
    place, name = workspace.channel()
    told = {"ok": True, "file_id": "F1", "upload_url": "https://files.slack.com.evil.example/upload"}
    between.always["files.getUploadURLExternal"] = lambda hand_on: (200, {}, json.dumps(told).encode())
    with pytest.raises(ConnectorError, match="strange place"):
        perform(between, call("slack.upload", channel=name, name="a.txt", text="secret"))
    assert texts(place) == []
