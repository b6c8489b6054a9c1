"""Reads what Slack sends: a message that a person wrote, or a pressed button. Anything else is none. Pure.

Apps, workflows, edits and deletions are no messages of a person here, whoever's name Slack puts on them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from agents.connectors.slack.posting.marks import Json, ours
from agents.storable import storable

LONGEST = 60_000  # characters of one text; Slack's messages have 40,000 at most
MOST_PIECES = 20  # quoted messages, files
# A message that one of these marks was not typed by its author into Slack, or no longer as it was.
NOT_TYPED = ("bot_id", "app_id", "bot_profile", "edited", "hidden", "previous_message", "workflow_id")
TYPED = {None, "", "file_share"}  # subtypes


@dataclass(frozen=True, slots=True)
class Message:
    """``thread``: the ts of the message that the thread began with; its own where it is none's answer.

    ``text`` as Slack escapes it. ``quoted``: other people's messages in it, and names of files.
    """

    team: str
    user: str
    channel: str
    ts: str
    thread: str
    text: str
    quoted: tuple[str, ...]
    direct: bool

    @property
    def in_thread(self) -> bool:
        return self.thread != self.ts


@dataclass(frozen=True, slots=True)
class Press:
    team: str
    user: str
    channel: str
    ts: str  # of the message with the button
    action: str
    value: str


def key_of(body: Json) -> str:
    """Names a delivery for good, however often it comes; empty where it has no name."""
    told = body.get("event_id") if body.get("type") == "event_callback" else body.get("trigger_id")
    return storable(told)[:80] if isinstance(told, str) else ""


def wanted(body: Json) -> bool:
    """Is there anything to do? All else is answered and forgotten."""
    return message(body) is not None or press(body) is not None


def message(body: Json) -> Message | None:
    """A mention of the app, or a direct message to it, typed by a person of the app's own workspace."""
    event, team = body.get("event"), _text(body, "team_id")
    if body.get("type") != "event_callback" or not isinstance(event, dict) or not team:
        return None
    kind, direct = event.get("type"), event.get("channel_type") == "im"
    if not (kind == "message" and direct) and not (kind == "app_mention" and not direct):
        return None
    if event.get("subtype") not in TYPED or any(event.get(mark) for mark in NOT_TYPED) or ours(event):
        return None
    home = {_text(event, name) for name in ("user_team", "source_team")} - {""}
    found = Message(
        team=team,
        user=_text(event, "user"),
        channel=_text(event, "channel"),
        ts=_text(event, "ts"),
        thread=_text(event, "thread_ts") or _text(event, "ts"),
        text=_text(event, "text", LONGEST),
        quoted=tuple(_quoted(event))[:MOST_PIECES],
        direct=direct,
    )
    if home - {team} or not (found.user and found.channel and found.ts):
        return None
    return found


def press(body: Json) -> Press | None:
    """A button of a message. Slack sends one at a time."""
    actions, user = body.get("actions"), _part(body, "user")
    if body.get("type") != "block_actions" or not isinstance(actions, list) or len(actions) != 1:
        return None
    action = actions[0]
    if not isinstance(action, dict) or action.get("type") != "button":
        return None
    found = Press(
        team=_text(_part(body, "team"), "id"),
        user=_text(user, "id"),
        channel=_text(_part(body, "channel"), "id") or _text(_part(body, "container"), "channel_id"),
        ts=_text(_part(body, "message"), "ts") or _text(_part(body, "container"), "message_ts"),
        action=_text(action, "action_id"),
        value=_text(action, "value"),
    )
    foreign = _text(user, "team_id") not in {"", found.team}
    whole = found.team and found.user and found.channel and found.ts and found.action
    return found if whole and not foreign else None


def _quoted(event: Json) -> Iterator[str]:
    for kind, names in (("attachments", ("text", "fallback")), ("files", ("title", "name"))):
        records = event.get(kind)
        for record in records if isinstance(records, list) else ():
            text = next((found for name in names if (found := _text(record, name, LONGEST))), "")
            if text:
                yield f"A file: {text}" if kind == "files" else text


def _part(body: Json, name: str) -> Json:
    found = body.get(name)
    return found if isinstance(found, dict) else {}


def _text(body: Any, name: str, longest: int = 200) -> str:
    found = body.get(name) if isinstance(body, dict) else None
    return storable(found)[:longest] if isinstance(found, str) else ""
