"""The channels of a workspace: listed, and found by their names. A name is somebody's text and may change hands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agents.connectors.base import CallContext, ConnectionContext, Result
from agents.connectors.slack.web_api import Api, Json
from agents.storable import storable
from portal.words import plural

PAGE = 100
BOTH = "public_channel,private_channel"
LONGEST = 80  # characters of a channel's name in Slack
LONGEST_TOPIC = 250


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
    """All that the app sees and that are not archived, by name. A token that sees no private ones sees the public."""
    types = BOTH if api.scopes is None or "groups:read" in api.scopes else "public_channel"
    found = api.pages("conversations.list", "channels", types=types, exclude_archived=True, limit=1000)
    return sorted((read(record) for record in found), key=lambda channel: (channel.name, channel.id))


def list_channels(api: Api, connection: ConnectionContext, call: CallContext) -> Result:
    page = max(1, int(call.arguments.get("page") or 1))
    found = every(api)
    shown = found[(page - 1) * PAGE : page * PAGE]
    return Result(
        {"channels": [_told(channel) for channel in shown], "page": page, "pages": -(-len(found) // PAGE)},
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
