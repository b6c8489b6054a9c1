"""The channels of a workspace: listed, and found by their names. A name is somebody's text and may change hands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agents.connectors.base import CallContext, ConnectionContext, ConnectorError, Result
from agents.connectors.slack.names import LONGEST, channel_name, is_id
from agents.connectors.slack.remembered import Remembered
from agents.connectors.slack.web_api import Api, Json, Refusal
from agents.storable import storable
from portal.words import plural

PAGE = 100
BOTH = "public_channel,private_channel"
LONGEST_TOPIC = 250
_ids = Remembered[str](2_000, 3_600.0)  # of channels


@dataclass(frozen=True, slots=True)
class Channel:
    """``outside``: do people of other companies read it, or were they asked to?"""

    id: str
    name: str
    topic: str = ""
    people: int = 0
    member: bool = False
    archived: bool = False
    outside: bool = False
    private: bool = False


def read(record: Json) -> Channel:
    topic = record.get("topic")
    return Channel(
        id=str(record.get("id") or ""),
        name=storable(str(record.get("name") or ""))[:LONGEST],
        topic=storable(str(topic.get("value") or ""))[:LONGEST_TOPIC] if isinstance(topic, dict) else "",
        people=count if isinstance(count := record.get("num_members"), int) else 0,
        member=record.get("is_member") is True,
        archived=record.get("is_archived") is True,
        outside=any(record.get(name) for name in ("is_ext_shared", "is_pending_ext_shared", "is_org_shared")),
        private=record.get("is_private") is True,
    )


def every(api: Api) -> list[Channel]:
    """All that the app sees and that are not archived, by name."""
    try:
        found = _listed(api, BOTH)
    except Refusal as refusal:
        if refusal.code != "missing_scope":
            raise
        found = _listed(api, "public_channel")  # a token that sees no private ones
    return sorted(found, key=lambda channel: (channel.name, channel.id))


def _listed(api: Api, types: str) -> list[Channel]:
    pages = api.pages("conversations.list", "channels", types=types, exclude_archived=True, limit=1000)
    return [read(record) for record in pages]


def found(api: Api, connection: ConnectionContext, written: object, *, writes: bool = False) -> Channel:
    """The one channel of this name, as it is now. Raises ConnectorError.

    An id that is remembered is looked at before it is used: its channel may have another name by now. ``writes``:
    other companies read it only where the connection's settings let them.
    """
    name = channel_name(written)
    channel = _remembered(api, connection, name) or _searched(api, connection, name)
    if writes and channel.archived:
        raise ConnectorError(f"The channel {name} is archived.")
    if writes and channel.outside and not connection.settings.get("outside"):
        raise ConnectorError(
            f"The channel {name} is shared with another company. By the connection's settings agents only read there."
        )
    return channel


def _remembered(api: Api, connection: ConnectionContext, name: str) -> Channel | None:
    number = name if is_id(name) else _ids.get(connection.id, name)
    if not number:
        return None
    try:
        told = api.read("conversations.info", channel=number).get("channel")
    except Refusal as refusal:
        if is_id(name) or refusal.code not in {"channel_not_found", "not_in_channel"}:
            raise
        return None
    channel = read(told if isinstance(told, dict) else {})
    if channel.id != number or not (is_id(name) or channel.name == name):
        return None
    return channel


def _searched(api: Api, connection: ConnectionContext, name: str) -> Channel:
    fitting = [channel for channel in every(api) if channel.name == name]
    if len(fitting) != 1:
        raise ConnectorError(
            f"The app sees {'no channel' if not fitting else 'several channels'} with the name {name}. "
            "Somebody in the channel can invite the app."
        )
    _ids.keep(connection.id, name, fitting[0].id)
    return fitting[0]


def list_channels(api: Api, connection: ConnectionContext, call: CallContext) -> Result:
    page = number if isinstance(number := call.arguments.get("page"), int) and number > 0 else 1
    whole = every(api)
    shown = whole[(page - 1) * PAGE : page * PAGE]
    return Result(
        {"channels": [_told(channel) for channel in shown], "page": page, "pages": -(-len(whole) // PAGE)},
        f"Listed {plural(len(shown), 'channel')}",
    )


def _told(channel: Channel) -> Mapping[str, Any]:
    return {
        "name": channel.name,
        "topic": channel.topic,
        "members": channel.people,
        "member": channel.member,
        "private": channel.private,
        "other_companies": channel.outside,
    }
