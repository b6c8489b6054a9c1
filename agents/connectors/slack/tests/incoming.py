"""A Slack connection with its door: what Slack would send, signed as Slack signs, and what came of it."""

import json
import time
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlencode

from django.db.models import Max
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from agents.connections import actions as connections
from agents.connections.models import Connection
from agents.connectors.slack.answering import messages
from agents.connectors.slack.arriving import work
from agents.connectors.slack.arriving.models import Arrival
from agents.connectors.slack.arriving.signatures import SIGNATURE, STAMP, sign
from agents.connectors.slack.credentials import APP, BOT, SIGNING
from agents.connectors.slack.linking import actions as linking
from agents.connectors.slack.linking.models import Link
from agents.connectors.slack.posting import replies
from agents.connectors.slack.posting.models import AskMessage, NoticeMessage, Reply, Workspace
from agents.connectors.slack.telling import lines as notices
from agents.connectors.slack.tests import workspace
from portal.people.models import Person
from tests.cast import Cast

SECRET = "signing-secret-of-the-workspace"
numbers = count(1)


def connection(cast: Cast, api: str = "", *, token: str = workspace.PORTAL) -> Connection:
    """Ada's, shared with Support. Without ``api`` it is emulate's."""
    made = connections.add(
        cast.ada,
        kind="slack",
        name="Sample Slack",
        team=cast.support,
        settings={"api": api or workspace.url(), "outside": False},
        secret={BOT: token, SIGNING: SECRET, APP: "xapp-of-the-workspace"},
    )
    return connections.allow_inside(cast.ada, made, places=["127.0.0.0/8"])


def nowhere(cast: Cast) -> Connection:
    """Whose Slack does not answer: what the door does, it does without."""
    made = connection(cast, "http://127.0.0.1:9/api/")
    Workspace.objects.create(connection=made, team="T1", app="UAPP", token_digest="")
    return made


def deliver(
    place: Connection | int,
    body: dict[str, Any] | bytes,
    *,
    secret: str = SECRET,
    age: int = 0,
    **headers: str,
) -> int:
    """As Slack sends it: an event as JSON, a pressed button in a form. The answer's status."""
    if isinstance(body, dict) and body.get("type") == "block_actions":
        kind, raw = "application/x-www-form-urlencoded", urlencode({"payload": json.dumps(body)}).encode()
    else:
        kind, raw = "application/json", body if isinstance(body, bytes) else json.dumps(body).encode()
    stamp = str(int(time.time()) - age)
    told = {STAMP: stamp, SIGNATURE: sign(secret, stamp, raw), **headers}
    address = reverse("slack:arrive", args=[place if isinstance(place, int) else place.pk])
    client = Client(enforce_csrf_checks=True)
    return client.post(address, raw, content_type=kind, headers=told).status_code


def event(event: dict[str, Any], *, team: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "event_callback",
        "team_id": team,
        "event_id": f"Ev{next(numbers)}",
        "event": event,
        **more,
    }


@dataclass
class Slack:
    """emulate's workspace as somebody in it sees it, and the portal's connection to it."""

    place: Connection
    team: str = field(default_factory=lambda: str(workspace.person("mia").auth_test()["team_id"]))

    def writes(self, who: str, text: str, room: str, *, thread: str = "", **more: Any) -> dict[str, Any]:
        """Somebody writes there; the event that Slack sends of it."""
        ts = workspace.says(who, room, text, thread_ts=thread or None)
        direct = room.startswith("D")
        told = {"type": "message" if direct else "app_mention", "user": workspace.user_id(who), "text": text}
        told |= {"channel": room, "ts": ts} | ({"channel_type": "im"} if direct else {})
        return event(told | ({"thread_ts": thread} if thread else {}) | more, team=self.team)

    def mention(self, who: str, text: str, room: str, **more: Any) -> dict[str, Any]:
        return self.writes(who, f"<@{workspace.user_id('portal')}> {text}", room, **more)

    def presses(self, who: str, row: AskMessage, action: str, **more: Any) -> dict[str, Any]:
        row.refresh_from_db()
        return {
            "type": "block_actions",
            "trigger_id": f"trigger.{next(numbers)}",
            "team": {"id": self.team},
            "user": {"id": workspace.user_id(who), "team_id": self.team},
            "channel": {"id": row.channel},
            "message": {"ts": row.ts},
            "actions": [{"type": "button", "action_id": action, "block_id": "b", "value": str(row.ask)}],
            **more,
        }

    def comes(self, body: dict[str, Any]) -> None:
        assert deliver(self.place, body) == 200
        settle()

    def link(self, person: Person, who: str) -> Link:
        """By a code, as a person does it."""
        room = direct(who)
        self.comes(self.writes(who, linking.make_code(person, self.place), room))
        return Link.objects.current().get(person=person)


def direct(who: str) -> str:
    """The direct messages of this person with the app."""
    opened = workspace.person("portal").conversations_open(users=workspace.user_id(who))
    return str(opened["channel"]["id"])


def settle() -> None:
    """Workers do what is due, as often as it takes, and everything twice: a message may come again."""
    for _ in range(5):
        due = [
            *((work.work, pk) for pk in Arrival.objects.due().values_list("pk", flat=True)),
            *((replies.deliver, pk) for pk in Reply.objects.due().values_list("pk", flat=True)),
            *((messages.deliver, pk) for pk in AskMessage.objects.due().values_list("pk", flat=True)),
            *((notices.deliver, pk) for pk in NoticeMessage.objects.due().values_list("pk", flat=True)),
        ]
        for verb, pk in due:
            verb(pk)
            verb(pk)


def time_passes() -> None:
    """Whatever was put off is due."""
    for model in (Arrival, Reply, AskMessage, NoticeMessage):
        model.objects.filter(due_at__gt=Now()).update(due_at=Now())


def posted(room: str) -> list[dict[str, Any]]:
    """The app's messages there, in threads too, the earliest first."""
    app, reader = workspace.user_id("portal"), workspace.person("portal")
    found = reader.conversations_history(channel=room, limit=1000, include_all_metadata=True)["messages"]
    whole = []
    for message in reversed(found):
        thread = [message]
        if message.get("reply_count"):
            thread = reader.conversations_replies(channel=room, ts=message["ts"], include_all_metadata=True)[
                "messages"
            ]
        whole += [one for one in thread if one["user"] == app]
    return whole


def lines(room: str) -> list[str]:
    return [message["text"] for message in posted(room)]


def latest() -> int:
    return AskMessage.objects.aggregate(latest=Max("pk"))["latest"] or 0
