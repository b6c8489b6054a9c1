"""``slack.react``: the same reaction of the app on one message is there once, however often it is put there."""

from agents.connectors.base import CallContext, ConnectionContext, Result
from agents.connectors.slack.names import emoji_name, message_id
from agents.connectors.slack.posting.identity import account
from agents.connectors.slack.reading import of_channel
from agents.connectors.slack.web_api import Api, Refusal, records


def react(api: Api, connection: ConnectionContext, call: CallContext) -> Result:
    emoji = emoji_name(call.arguments.get("emoji"))
    channel, ts = of_channel(api, connection, call, writes=True)
    try:
        api.change("reactions.add", channel=channel.id, timestamp=ts, name=emoji)
    except Refusal as refusal:
        if refusal.code != "already_reacted":
            raise
    return _done(channel.id, ts)


def was_reacted(api: Api, connection: ConnectionContext, call: CallContext) -> Result | None:
    emoji = emoji_name(call.arguments.get("emoji"))
    channel, ts = of_channel(api, connection, call)
    own = account(api, connection)
    message = api.read("reactions.get", channel=channel.id, timestamp=ts, full=True).get("message")
    for reaction in records(message if isinstance(message, dict) else {}, "reactions"):
        users = reaction.get("users")
        if reaction.get("name") == emoji and isinstance(users, list) and own in users:
            return _done(channel.id, ts)
    return None


def _done(place: str, ts: str) -> Result:
    return Result({"id": message_id(place, ts)}, "Reacted to one message")
