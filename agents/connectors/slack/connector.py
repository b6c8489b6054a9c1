"""The ``slack`` connector: one workspace, as far as the bot of its app goes."""

from collections.abc import Callable, Mapping
from threading import Event
from typing import Any

from agents.connectors.base import CallContext, Checked, ConnectionContext, Connector, ConnectorError, Result
from agents.connectors.slack import capabilities, channels, scopes
from agents.connectors.slack.arriving import socket_mode
from agents.connectors.slack.credentials import SECRETS
from agents.connectors.slack.forms import SlackSettings
from agents.connectors.slack.web_api import Api, api
from agents.storable import storable

DOES: Mapping[str, Callable[[Api, ConnectionContext, CallContext], Result]] = {
    "slack.channels": channels.list_channels,
}


class Slack(Connector):
    kind = "slack"
    title = "Slack"
    description = "Channels of a Slack workspace: read, search, post, answer, react, share files."
    icon = "hashtag"
    capabilities = capabilities.ALL
    deeds = {"slack.channels": ("list channels", "listed channels")}
    settings_form = SlackSettings
    personal = False  # others read what is posted, so somebody else grants it
    secrets = SECRETS

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
