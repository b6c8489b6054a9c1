"""The door for Slack: what is signed, fresh and new is stored and nothing else; Slack's answer waits for no network."""

import json
import time

import pytest
from django.test import Client
from django.urls import reverse

from agents.connections.models import Connection
from agents.connectors.slack.arriving.models import Arrival
from agents.connectors.slack.arriving.signatures import SIGNATURE, STAMP, sign
from agents.connectors.slack.arriving.views import LARGEST
from agents.connectors.slack.tests.incoming import SECRET, deliver, event, nowhere
from tests.cast import Cast

pytestmark = pytest.mark.django_db
MENTION = {"type": "app_mention", "user": "U1", "text": "<@UAPP> sort", "channel": "C1", "ts": "1.1"}
DIRECT = {"type": "message", "channel_type": "im", "user": "U1", "text": "hi", "channel": "D1", "ts": "1.2"}
PRESS = {
    "type": "block_actions",
    "trigger_id": "1.2.3",
    "team": {"id": "T1"},
    "user": {"id": "U1", "team_id": "T1"},
    "channel": {"id": "D1"},
    "message": {"ts": "1.3"},
    "actions": [{"type": "button", "action_id": "portal_yes", "value": "1"}],
}


@pytest.fixture
def place(cast: Cast) -> Connection:
    return nowhere(cast)


@pytest.mark.parametrize("body", [event(MENTION, team="T1"), event(DIRECT, team="T1"), PRESS])
def test_what_is_signed_is_taken_once_however_often_it_comes(place: Connection, body: dict) -> None:
    assert [deliver(place, body) for _ in range(3)] == [200, 200, 200]
    assert Arrival.objects.get().body == body


def test_the_same_replayed_to_the_letter_is_nothing_new(place: Connection) -> None:
    for _ in range(2):  # also a capture that somebody sends again within the five minutes
        assert deliver(place, json.dumps(event(MENTION, team="T1", event_id="EvSame")).encode()) == 200
    assert Arrival.objects.count() == 1


def test_what_is_not_slacks_says_nothing_and_does_nothing(place: Connection, cast: Cast) -> None:
    body = event(MENTION, team="T1")
    signed_here = {"X-Slack-Signature": "v0=" + "0" * 64}
    assert deliver(place, body, secret="another") == 401
    assert deliver(place, body, secret="") == 401
    assert deliver(place, body, age=301) == 401
    assert deliver(place, body, age=-400) == 401
    assert deliver(place, body, **signed_here) == 401
    assert deliver(999_999, body) == 401
    Connection.objects.filter(pk=place.pk).update(state=Connection.State.REMOVED)
    assert deliver(place, body) == 401
    assert Arrival.objects.count() == 0


def test_without_a_signing_secret_nothing_is_signed(place: Connection) -> None:
    Connection.objects.filter(pk=place.pk).update(secret=b"")
    assert deliver(place, event(MENTION, team="T1"), secret="") == 401


def test_slack_checks_the_address_with_a_signed_challenge(place: Connection) -> None:
    challenge = {"type": "url_verification", "challenge": "3eZbrw1aB1", "token": "old"}
    assert deliver(place, challenge, secret="another") == 401
    raw = json.dumps(challenge).encode()
    stamp = str(int(time.time()))
    answer = Client().post(
        reverse("slack:arrive", args=[place.pk]),
        raw,
        content_type="application/json",
        headers={STAMP: stamp, SIGNATURE: sign(SECRET, stamp, raw)},
    )
    assert (answer.status_code, answer.content) == (200, b"3eZbrw1aB1")
    assert answer["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b"x" * (LARGEST + 1), 413),
        (b"{}", 200),
        (b'{"type":"event_callback","event_id":7,"event":[]}', 200),
        (b'{"type":"block_actions","trigger_id":"t","actions":[{}],"user":3}', 200),
        (b'{"type":"view_submission","trigger_id":"t"}', 200),
    ],
)
def test_what_nobody_can_use_is_answered_and_forgotten(place: Connection, body: bytes, status: int) -> None:
    assert deliver(place, body) == status
    assert Arrival.objects.count() == 0


@pytest.mark.parametrize(
    "change",
    [
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"subtype": "bot_message"},
        {"subtype": "channel_join"},
        {"edited": {"user": "U1", "ts": "2"}},
        {"bot_id": "B1"},
        {"bot_profile": {"id": "B1"}},
        {"app_id": "A1"},
        {"hidden": True},
        {"user_team": "T2"},
        {"source_team": "T2"},
        {"user": ""},
        {"ts": None},
        {"channel": 5},
        {"metadata": {"event_type": "agent_portal", "event_payload": {}}},
        {"type": "reaction_added"},
    ],
)
@pytest.mark.parametrize("kind", ["mention", "direct"])
def test_what_no_person_of_the_workspace_typed_queues_nothing(
    place: Connection, kind: str, change: dict
) -> None:
    body = event({**(MENTION if kind == "mention" else DIRECT), **change}, team="T1")
    assert deliver(place, body) == 200
    assert Arrival.objects.count() == 0


@pytest.mark.parametrize(
    "change", [{"channel_type": "channel"}, {"channel_type": "group"}, {"channel_type": None}]
)
def test_a_message_in_a_channel_that_does_not_mention_the_app_is_none_of_its_business(
    place: Connection, change: dict
) -> None:
    assert deliver(place, event({**DIRECT, **change}, team="T1")) == 200
    assert Arrival.objects.count() == 0


def test_the_answer_waits_for_no_network(place: Connection) -> None:
    begun = time.monotonic()
    for number in range(20):
        assert deliver(place, event({**MENTION, "ts": f"1.{number}"}, team="T1")) == 200
    assert time.monotonic() - begun < 3, "Slack waits three seconds for each"


def test_a_form_of_files_is_refused_before_it_is_read(place: Connection) -> None:
    answer = Client().post(reverse("slack:arrive", args=[place.pk]), {"payload": json.dumps(PRESS)})
    assert answer.status_code == 415
