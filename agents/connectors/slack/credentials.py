"""The secrets of a Slack connection: what Slack's page of the app calls them, and what the portal needs each for."""

from agents.connectors.base import ConnectionContext, ConnectorError
from agents.connectors.secrets_of import Secret

BOT, SIGNING, APP = "bot", "signing", "app"
SECRETS = (
    Secret(
        BOT,
        "Bot token",
        "From the app's page in Slack, under “OAuth & Permissions”: it begins with xoxb-.",
        required=True,
    ),
    Secret(
        SIGNING,
        "Signing secret",
        "From “Basic Information”. It proves that events and pressed buttons come from Slack.",
    ),
    Secret(
        APP,
        "App-level token",
        "From “Basic Information”: it begins with xapp- and has the scope connections:write. Only where Slack "
        "cannot reach the portal from outside.",
    ),
)


def bot_token(connection: ConnectionContext) -> str:
    """Raises ConnectorError where nobody entered one, or something else was pasted there."""
    token = connection.secrets.get(BOT, "").strip()
    if not token:
        raise ConnectorError("The connection has no bot token. Enter it on the connection's page.")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise ConnectorError("The bot token holds signs that no token has. Copy it again from Slack.")
    return token
