"""The ``slack`` connector: one workspace, as far as the bot of its app goes."""

from collections.abc import Callable, Mapping
from threading import Event
from typing import Any

from agents.connectors.base import (
    CallContext,
    Checked,
    ConnectionContext,
    Connector,
    ConnectorError,
    Example,
    News,
    Result,
    Watch,
)
from agents.connectors.slack import (
    arrivals,
    capabilities,
    channels,
    files,
    people,
    reacting,
    reading,
    scopes,
    writing,
)
from agents.connectors.slack.arriving import socket_mode
from agents.connectors.slack.credentials import SECRETS
from agents.connectors.slack.forms import SlackSettings
from agents.connectors.slack.web_api import Api, api
from agents.storable import storable

DOES: Mapping[str, Callable[[Api, ConnectionContext, CallContext], Result]] = {
    "slack.channels": channels.list_channels,
    "slack.read": reading.read_channel,
    "slack.thread": reading.read_thread,
    "slack.search": reading.search_channel,
    "slack.person": people.look_up,
    "slack.post": writing.post,
    "slack.reply": writing.reply,
    "slack.message": writing.write,
    "slack.react": reacting.react,
    "slack.update": writing.update,
    "slack.delete": writing.delete,
    "slack.upload": files.upload,
}
# Reading is not here: it changes nothing, so it is simply done again.
HAPPENED: Mapping[str, Callable[[Api, ConnectionContext, CallContext], Result | None]] = {
    "slack.post": writing.was_said,
    "slack.reply": writing.was_said,
    "slack.message": writing.was_said,
    "slack.react": reacting.was_reacted,
    "slack.update": writing.was_updated,
    "slack.delete": writing.was_deleted,
    "slack.upload": files.was_uploaded,
}


class Slack(Connector):
    kind = "slack"
    title, brand = "Slack", True
    description = "Channels of a Slack workspace: read, search, post, answer, react, share files."
    icon = "hashtag"
    capabilities = capabilities.ALL
    deeds = {
        "slack.channels": ("list channels", "listed channels"),
        "slack.read": ("read a channel", "read a channel"),
        "slack.thread": ("read a thread", "read a thread"),
        "slack.search": ("search a channel", "searched a channel"),
        "slack.person": ("look up a person", "looked up a person"),
        "slack.post": ("post in a channel", "posted in a channel"),
        "slack.reply": ("answer in a thread", "answered in a thread"),
        "slack.message": ("write to a person", "wrote to a person"),
        "slack.react": ("react to a message", "reacted to a message"),
        "slack.update": ("change a message", "changed a message"),
        "slack.delete": ("delete a message", "deleted a message"),
        "slack.upload": ("share a file", "shared a file"),
    }
    counted = writing.COUNTED
    settings_form = SlackSettings
    personal = False  # others read what is posted, so somebody else grants it
    secrets = SECRETS
    events = arrivals.EVENTS
    examples = (
        Example(
            "Read the channel orders and tell me what is open.", frozenset({"slack.read", "slack.thread"})
        ),
        Example("Post “The shop is open again” in the channel general.", frozenset({"slack.post"})),
    )

    def check(self, connection: ConnectionContext) -> Checked:
        with api(connection) as opened:
            who = opened.read("auth.test")
            held = opened.scopes
        rights = (
            {} if held is None else {one.name: scopes.lacking(one.name, held) for one in self.capabilities}
        )
        team, user = (storable(str(who.get(name) or "?"))[:80] for name in ("team", "user"))
        return Checked(f"{team}, as {user}", rights)

    always_heard = True

    def hears(self, settings: Mapping[str, Any]) -> bool:
        return True  # whether there is an app-level token, only its secrets say

    def listen(
        self,
        connection: ConnectionContext,
        heard: Callable[[], None],
        stopped: Event,
        places: frozenset[str] = frozenset(),
    ) -> None:
        """Socket Mode, where there is an app-level token."""
        socket_mode.listen(connection, heard, stopped)

    def perform(self, connection: ConnectionContext, call: CallContext) -> Result:
        doing = DOES.get(call.capability)
        if doing is None:
            raise ConnectorError(f"Slack cannot do “{call.capability[:80]}”.")
        with api(connection) as opened:
            return doing(opened, connection, call)

    def reconcile(self, connection: ConnectionContext, call: CallContext) -> Result | None:
        happened = HAPPENED.get(call.capability)
        if happened is None:
            return None
        with api(connection) as opened:
            return happened(opened, connection, call)

    def news(self, connection: ConnectionContext, watch: Watch) -> News:
        with api(connection) as opened:
            return arrivals.arrived(opened, connection, watch)
