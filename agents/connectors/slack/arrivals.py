"""What was written in a channel since the last look, for schedules. What the portal wrote itself is no news."""

from agents.connectors.base import ConnectionContext, EventKind, Happened, News, Watch
from agents.connectors.slack import channels, messages, people
from agents.connectors.slack.posting.marks import ours
from agents.connectors.slack.web_api import Api, Json, next_cursor, records

MESSAGE = EventKind(
    name="slack.arrived",
    title="a new message in a channel",
    needs="slack.read",
    argument="channel",
    place="Channel",
)
MENTION = EventKind(
    name="slack.mentioned",
    title="a message in a channel that mentions the app",
    needs="slack.read",
    argument="channel",
    place="Channel",
)
EVENTS = (MESSAGE, MENTION)
PAGE, PAGES = 200, 5  # of one look; the next goes on from there
NOTICES = {"channel_join", "channel_leave", "channel_topic", "channel_purpose", "channel_name", "bot_message"}


def arrived(api: Api, connection: ConnectionContext, watch: Watch) -> News:
    """The cursor is the ts of the last message that was seen."""
    channel = channels.found(api, connection, watch.place)
    if watch.cursor is None:
        latest = records(api.read("conversations.history", channel=channel.id, limit=1), "messages")
        return News((), str(latest[0].get("ts") or "0") if latest else "0")
    rows = _since(api, channel.id, str(watch.cursor))
    own = str(api.read("auth.test").get("user_id") or "") if watch.event == MENTION.name and rows else ""
    meant = [row for row in rows if _counts(row) and (not own or f"<@{own}>" in messages.whole_text(row))]
    names = people.named(api, connection, (user for row in meant for user in messages.users_in(row)))
    found = tuple(_told(row, channel, names) for row in meant)
    return News(found, str(rows[-1]["ts"]) if rows else watch.cursor)


def _since(api: Api, place: str, after: str) -> list[Json]:
    """The earliest first. Where more came than is read at once, the next look begins behind the last of these."""
    found: dict[str, Json] = {}
    cursor = ""
    for _ in range(PAGES):
        page = api.read(
            "conversations.history",
            channel=place,
            oldest=after,
            limit=PAGE,
            cursor=cursor,
            include_all_metadata=True,
        )
        rows = [row for row in records(page, "messages") if _number(row.get("ts")) > _number(after)]
        found.update({str(row["ts"]): row for row in rows})
        cursor = next_cursor(page)
        if not cursor or not rows:
            break
    return sorted(found.values(), key=lambda row: _number(row["ts"]))


def _number(ts: object) -> tuple[int, int]:
    seconds, _, part = str(ts or "").partition(".")
    return (int(seconds) if seconds.isdecimal() else 0, int(part) if part.isdecimal() else 0)


def _counts(row: Json) -> bool:
    return not ours(row) and row.get("subtype") not in NOTICES


def _told(row: Json, channel: channels.Channel, names: dict[str, tuple[str, str]]) -> Happened:
    message = messages.told(row, channel.id, names)
    lines = (f"Message {message['id']} in {channel.name}", f"From: {message['from']}", message["text"])
    return Happened(message["id"], messages.at(str(row["ts"])), "\n".join(lines)[:2_000])
