"""``slack.read``, ``slack.thread`` and ``slack.search``. Nothing is marked as read for anybody."""

from collections.abc import Sequence

from agents.connectors.base import CallContext, ConnectionContext, ConnectorError, Result
from agents.connectors.slack import channels, messages, people
from agents.connectors.slack.channels import Channel
from agents.connectors.slack.names import parts_of
from agents.connectors.slack.web_api import Api, Json, next_cursor, records
from portal.words import plural

PAGE = 50
THREAD = 200  # replies that are shown
LOOKED_THROUGH = 1_000
SHELF = 200  # messages of one request of a search


def read_channel(api: Api, connection: ConnectionContext, call: CallContext) -> Result:
    before = str(call.arguments.get("before") or "")
    until = parts_of(before) if before else ("", "")
    channel = channels.found(api, connection, call.arguments.get("channel"))
    if before and until[0] != channel.id:
        raise ConnectorError("That message is in another channel.")
    page = api.read("conversations.history", channel=channel.id, limit=PAGE, latest=until[1])
    return _shown(api, connection, channel, records(page, "messages")[:PAGE], page.get("has_more") is True)


def read_thread(api: Api, connection: ConnectionContext, call: CallContext) -> Result:
    channel, ts = of_channel(api, connection, call)
    page = api.read("conversations.replies", channel=channel.id, ts=ts, limit=THREAD)
    found = records(page, "messages")
    return _shown(
        api, connection, channel, found[:THREAD], page.get("has_more") is True or len(found) > THREAD
    )


def search_channel(api: Api, connection: ConnectionContext, call: CallContext) -> Result:
    """A bot may not use Slack's own search, so the last messages are looked through: no grant reaches further."""
    words = _words(str(call.arguments.get("words") or ""))
    if not words:
        raise ConnectorError("Name the words to look for.")
    channel = channels.found(api, connection, call.arguments.get("channel"))
    found: list[Json] = []
    cursor, looked = "", 0
    while looked < LOOKED_THROUGH and len(found) < PAGE:
        page = api.read("conversations.history", channel=channel.id, limit=SHELF, cursor=cursor)
        rows = records(page, "messages")
        looked += len(rows)
        found += [row for row in rows if _holds(row, words)]
        cursor = next_cursor(page)
        if not cursor or not rows:
            break
    result = _shown(api, connection, channel, found[:PAGE], False)
    data = {**result.data, "looked_through": looked, "all": not cursor}
    return Result(data, f"Found {plural(len(found[:PAGE]), 'message')}")


def of_channel(
    api: Api, connection: ConnectionContext, call: CallContext, *, writes: bool = False
) -> tuple[Channel, str]:
    """The channel and the ts of the message that a call names. Raises ConnectorError where it is not in there."""
    place, ts = parts_of(call.arguments.get("message"))
    channel = channels.found(api, connection, call.arguments.get("channel"), writes=writes)
    if place != channel.id:
        raise ConnectorError("That message is in another channel.")
    return channel, ts


def _shown(
    api: Api, connection: ConnectionContext, channel: Channel, rows: Sequence[Json], more: bool
) -> Result:
    names = people.named(api, connection, (user for row in rows for user in messages.users_in(row)))
    data = {
        "channel": channel.name,
        "messages": [messages.told(row, channel.id, names) for row in rows],
        "more": more,
    }
    return Result(data, f"Read {plural(len(rows), 'message')}")


def _words(written: str) -> list[str]:
    quoted = written.split('"')
    found = [" ".join(part.split()) for part in quoted[1::2]]
    found += [word for part in quoted[::2] for word in part.split()]
    return [word.casefold() for word in found if word]


def _holds(message: Json, words: Sequence[str]) -> bool:
    files = message.get("files")
    named = (
        [str(one.get("name")) for one in files if isinstance(one, dict)] if isinstance(files, list) else []
    )
    text = " ".join(" ".join([messages.plain(messages.whole_text(message), {}), *named]).casefold().split())
    return all(word in text for word in words)
