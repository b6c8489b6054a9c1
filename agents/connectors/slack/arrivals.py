"""What was written in a channel since the last look, for schedules. What the portal wrote itself is no news."""

from agents.connectors.base import ConnectionContext, EventKind, Happened, News, Watch
from agents.connectors.slack import channels, messages, people
from agents.connectors.slack.posting.identity import account
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
PAGE, PAGES = 200, 5  # of one look; the next one reads the rest
NOTICES = {"channel_join", "channel_leave", "channel_topic", "channel_purpose", "channel_name", "bot_message"}
Stretch = tuple[str, str]  # after this ts and before that one; empty: until now


def arrived(api: Api, connection: ConnectionContext, watch: Watch) -> News:
    """The cursor: up to which message all is known, and where a stretch before that is still to be read, which one."""
    channel = channels.found(api, connection, watch.place)
    if watch.cursor is None:
        latest = records(api.read("conversations.history", channel=channel.id, limit=1), "messages")
        return News((), str(latest[0].get("ts") or "0") if latest else "0")
    seen, stretch = _of(watch.cursor)
    rows, left = _between(api, channel.id, stretch or (seen, ""))
    if not stretch and rows:
        seen = str(rows[-1]["ts"])
    own = account(api, connection) if watch.event == MENTION.name and rows else ""
    meant = [row for row in rows if _counts(row) and (not own or f"<@{own}>" in messages.whole_text(row))]
    names = people.named(api, connection, (user for row in meant for user in messages.users_in(row)))
    found = tuple(_told(row, channel, names) for row in meant)
    return News(found, {"seen": seen, "left": list(left)} if left and left[1] else seen)


def _of(cursor: object) -> tuple[str, Stretch | None]:
    if isinstance(cursor, dict):
        after, before = cursor["left"]
        return str(cursor["seen"]), (str(after), str(before))
    return str(cursor), None


def _between(api: Api, place: str, stretch: Stretch) -> tuple[list[Json], Stretch | None]:
    """The messages of a stretch, the earliest first; and which part of it the next look reads.

    Slack begins with the newest, or where a stretch has no end with the earliest: what was read lies at one end of it.
    """
    after, before = stretch
    found: dict[str, Json] = {}
    cursor, first = "", ""
    for _ in range(PAGES):
        page = api.read(
            "conversations.history",
            channel=place,
            oldest=after,
            latest=before,
            limit=PAGE,
            cursor=cursor,
            include_all_metadata=True,
        )
        rows = [row for row in records(page, "messages") if _within(row.get("ts"), stretch)]
        found.update({str(row["ts"]): row for row in rows})
        first = first or (str(rows[0]["ts"]) if rows else "")
        cursor = next_cursor(page)
        if not cursor or not rows:
            break
    whole = sorted(found.values(), key=lambda row: _number(row["ts"]))
    if not (cursor and whole):
        return whole, None
    earliest, newest = str(whole[0]["ts"]), str(whole[-1]["ts"])
    return whole, (after, earliest) if first == newest else (newest, before)


def _within(ts: object, stretch: Stretch) -> bool:
    after, before = stretch
    return _number(ts) > _number(after) and (not before or _number(ts) < _number(before))


def _number(ts: object) -> tuple[int, int]:
    seconds, _, part = str(ts or "").partition(".")
    return (int(seconds) if seconds.isdecimal() else 0, int(part) if part.isdecimal() else 0)


def _counts(row: Json) -> bool:
    return not ours(row) and row.get("subtype") not in NOTICES


def _told(row: Json, channel: channels.Channel, names: dict[str, tuple[str, str]]) -> Happened:
    message = messages.told(row, channel.id, names)
    lines = (f"Message {message['id']} in {channel.name}", f"From: {message['from']}", message["text"])
    return Happened(message["id"], messages.at(str(row["ts"])), "\n".join(lines)[:2_000])
