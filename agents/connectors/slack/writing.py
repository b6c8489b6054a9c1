"""What others see: posts, answers, direct messages, reactions, and changes of the app's own messages.

Each message carries the key of its call and a digest of what was to be said, in metadata that people do not see. So a
call that was interrupted is found again, and the same call never posts twice.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping

from agents.connectors.base import CallContext, ConnectionContext, ConnectorError, Result
from agents.connectors.slack import channels, people
from agents.connectors.slack.messages import LONGEST_TEXT
from agents.connectors.slack.names import message_id
from agents.connectors.slack.posting.bylines import signed
from agents.connectors.slack.posting.marks import METADATA, escaped, payload_of
from agents.connectors.slack.reading import of_channel
from agents.connectors.slack.web_api import Api, Json, Refusal, records
from agents.storable import storable

OTHER = "Another message was written for this call before. Nothing was written now."
PAGE, PAGES = 200, 10  # in which a call is looked for that was interrupted
BEYOND = "It is not among the last 2,000 messages there, so nobody can tell whether it was written."
NEWEST = 50  # among which it is looked for ahead of each post
COUNTED: Mapping[str, Mapping[str, int]] = {
    "slack.post": {"posted": 1},
    "slack.reply": {"posted": 1},
    "slack.message": {"posted": 1},
    "slack.upload": {"posted": 1},
}


def post(api: Api, connection: ConnectionContext, call: CallContext) -> Result:
    text = _text(call)
    channel = channels.found(api, connection, call.arguments.get("channel"), writes=True)
    return _said(api, call, channel.id, text)


def reply(api: Api, connection: ConnectionContext, call: CallContext) -> Result:
    text = _text(call)
    channel, ts = of_channel(api, connection, call, writes=True)
    original = _message(api, channel.id, ts)
    return _said(api, call, channel.id, text, thread=str(original.get("thread_ts") or ts))


def write(api: Api, connection: ConnectionContext, call: CallContext) -> Result:
    text = _text(call)
    return _said(api, call, _direct(api, people.reachable(api, call.arguments.get("person"))), text)


def _said(api: Api, call: CallContext, place: str, text: str, thread: str = "") -> Result:
    """The one message of this call: the one that is there, or a new one."""
    for message in newest(api, place, thread):
        if (wrote := _wrote(message, call)) is not None:
            return wrote_or_refuse(wrote, call, place, message)
    marks = people.mentioned(api, call.arguments.get("mentions"))
    made = api.change(
        "chat.postMessage",
        channel=place,
        text=f"{marks} {escaped(text)}" if marks else escaped(text),
        blocks=signed(text, call, mentions=marks),
        thread_ts=thread,
        mrkdwn=False,
        link_names=False,
        unfurl_links=False,
        unfurl_media=False,
        metadata={"event_type": METADATA, "event_payload": _payload(call)},
    )
    return done(call, place, str(made.get("ts") or ""))


def update(api: Api, connection: ConnectionContext, call: CallContext) -> Result:
    text = _text(call)
    channel, ts = of_channel(api, connection, call, writes=True)
    message = _own(_message(api, channel.id, ts), call)
    changed = message.get("changed")
    if changed == call.key:
        return wrote_or_refuse(message.get("changed_to") == digest(call), call, channel.id, {"ts": ts})
    payload = {**message, "changed": call.key, "changed_to": digest(call)}
    api.change(
        "chat.update",
        channel=channel.id,
        ts=ts,
        text=escaped(text),
        blocks=signed(text, call),
        mrkdwn=False,
        link_names=False,
        metadata={"event_type": METADATA, "event_payload": payload},
    )
    return done(call, channel.id, ts)


def delete(api: Api, connection: ConnectionContext, call: CallContext) -> Result:
    channel, ts = of_channel(api, connection, call, writes=True)
    _own(_message(api, channel.id, ts), call)
    api.change("chat.delete", channel=channel.id, ts=ts)
    return done(call, channel.id, ts)


def was_said(api: Api, connection: ConnectionContext, call: CallContext) -> Result | None:
    """Looked for among the last 2,000 messages of its place. Raises ConnectorError where there are more."""
    thread = ""
    if call.capability == "slack.message":
        place = _direct(api, people.reachable(api, call.arguments.get("person")))
    elif call.capability == "slack.reply":
        channel, ts = of_channel(api, connection, call)
        place = channel.id
        thread = str(_message(api, place, ts).get("thread_ts") or ts)
    else:
        place = channels.found(api, connection, call.arguments.get("channel")).id
    for message in looked_through(api, place, thread):
        if (wrote := _wrote(message, call)) is not None:
            return wrote_or_refuse(wrote, call, place, message)
    return None


def was_updated(api: Api, connection: ConnectionContext, call: CallContext) -> Result | None:
    channel, ts = of_channel(api, connection, call)
    payload = payload_of(_message(api, channel.id, ts))
    if payload.get("changed") != call.key:
        return None
    return wrote_or_refuse(payload.get("changed_to") == digest(call), call, channel.id, {"ts": ts})


def was_deleted(api: Api, connection: ConnectionContext, call: CallContext) -> Result | None:
    channel, ts = of_channel(api, connection, call)
    return done(call, channel.id, ts) if found(api, channel.id, ts) is None else None


# -- what a message says of the call that wrote it --------------------------------------------------------------------


def digest(call: CallContext) -> str:
    told = json.dumps({name: call.arguments[name] for name in sorted(call.arguments)})
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _payload(call: CallContext) -> dict[str, str]:
    return {"call": call.key, "what": digest(call), "agent": str(call.agent), "task": str(call.task)}


def _wrote(message: Json, call: CallContext) -> bool | None:
    """Is it this call's, with these words? None: another's."""
    payload = payload_of(message)
    return payload.get("what") == digest(call) if payload.get("call") == call.key else None


def wrote_or_refuse(same: bool, call: CallContext, place: str, message: Json) -> Result:
    if not same:
        raise ConnectorError(OTHER)
    return done(call, place, str(message.get("ts") or ""))


def _own(message: Json, call: CallContext) -> Json:
    """What the message of this very agent says of itself. Raises ConnectorError where it is somebody else's."""
    payload = payload_of(message)
    if not payload or payload.get("agent") != str(call.agent):
        raise ConnectorError("This agent did not write that message, so it cannot change or delete it.")
    return payload


def done(call: CallContext, place: str, ts: str) -> Result:
    summary = {
        "slack.reply": "Answered in a thread",
        "slack.message": "Wrote one direct message",
        "slack.update": "Changed one message",
        "slack.delete": "Deleted one message",
    }.get(call.capability, "Posted one message")
    return Result({"id": message_id(place, ts)}, summary, COUNTED.get(call.capability, {}))


# -- places -----------------------------------------------------------------------------------------------------------


def _text(call: CallContext) -> str:
    text = call.arguments.get("text")
    if not isinstance(text, str) or not text.strip():
        raise ConnectorError("The message is empty.")
    if len(text) > LONGEST_TEXT:
        raise ConnectorError(f"The message has more than {LONGEST_TEXT:,} characters.")
    return str(storable(text))


def _direct(api: Api, user: str) -> str:
    """The conversation with one person. To open one is no effect: nobody sees an empty one."""
    told = api.read("conversations.open", users=user).get("channel")
    place = str(told.get("id") or "") if isinstance(told, dict) else ""
    if not place:
        raise ConnectorError("Slack opens no conversation with this person.")
    return place


def found(api: Api, place: str, ts: str) -> Json | None:
    """The message, in the channel or in a thread of it."""
    try:
        page = api.read("conversations.replies", channel=place, ts=ts, limit=1, include_all_metadata=True)
    except Refusal as refusal:
        if refusal.code in {"thread_not_found", "message_not_found"}:
            return None
        raise
    return next((message for message in records(page, "messages") if message.get("ts") == ts), None)


def _message(api: Api, place: str, ts: str) -> Json:
    message = found(api, place, ts)
    if message is None:
        raise ConnectorError("There is no such message any more.")
    return message


def newest(api: Api, place: str, thread: str = "") -> Iterator[Json]:
    """The last ones of a place; of a thread all that one request gives."""
    if thread:
        page = api.read(
            "conversations.replies", channel=place, ts=thread, limit=PAGE, include_all_metadata=True
        )
    else:
        page = api.read("conversations.history", channel=place, limit=NEWEST, include_all_metadata=True)
    yield from records(page, "messages")


def looked_through(api: Api, place: str, thread: str = "") -> Iterator[Json]:
    """Raises ConnectorError where there are more messages than are read: then nobody can tell."""
    method = "conversations.replies" if thread else "conversations.history"
    asked = {"channel": place, "ts": thread, "limit": PAGE, "include_all_metadata": True}
    yield from api.pages(method, "messages", PAGES, beyond=BEYOND, **asked)
