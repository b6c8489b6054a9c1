"""The manifest of the app in Slack: what an admin pastes there, so that nothing is ticked by hand. Pure."""

import json
from typing import Any

from agents.connectors.slack.scopes import NEEDS

NAME = "Agent Portal"
EVENTS = ["app_mention", "message.im"]
# To hear mentions and direct messages, to answer there, and to show people by their names.
OWN = {"app_mentions:read", "chat:write", "im:history", "im:write", "users:read"}


def scopes() -> list[str]:
    """All that the connector can use. An app may have fewer: a test of the connection says what lacks."""
    return sorted(OWN.union(*(line for lines in NEEDS.values() for line in lines)))


def manifest(*, address: str = "", socket: bool = False) -> str:
    """As JSON. ``address``: where Slack sends what happens; or ``socket``: the portal fetches it by Socket Mode.

    Without both: for an app that is not connected yet.
    """
    settings: dict[str, Any] = {
        "org_deploy_enabled": False,
        "socket_mode_enabled": socket,
        "token_rotation_enabled": False,
    }
    if address or socket:
        where = {} if socket else {"request_url": address}
        settings["event_subscriptions"] = {**where, "bot_events": EVENTS}
        settings["interactivity"] = {"is_enabled": True, **where}
    # Without the messages tab nobody could write to the app.
    home = {"home_tab_enabled": False, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False}
    whole = {
        "display_information": {"name": NAME},
        "features": {"app_home": home, "bot_user": {"display_name": NAME, "always_online": True}},
        "oauth_config": {"scopes": {"bot": scopes()}},
        "settings": settings,
    }
    return json.dumps(whole, indent=2)
