"""Which workspace a connection's token is for, and which account the app has there; asked once for each token."""

import hashlib

from agents.connectors.base import ConnectionContext, ConnectorError
from agents.connectors.slack.credentials import bot_token
from agents.connectors.slack.posting.models import Workspace
from agents.connectors.slack.web_api import api


def workspace(connection: ConnectionContext) -> Workspace:
    """Raises ConnectorError; Unavailable where Slack is away."""
    digest = hashlib.sha256(bot_token(connection).encode()).hexdigest()
    known = Workspace.objects.filter(connection=connection.id, token_digest=digest).first()
    if known is not None:
        return known
    with api(connection) as slack:
        who = slack.read("auth.test")
    team, app = str(who.get("team_id") or "")[:40], str(who.get("user_id") or "")[:40]
    if not team or not app:
        raise ConnectorError("Slack does not say which workspace the token is for.")
    found, _ = Workspace.objects.update_or_create(
        connection_id=connection.id, defaults={"team": team, "app": app, "token_digest": digest}
    )
    return found
