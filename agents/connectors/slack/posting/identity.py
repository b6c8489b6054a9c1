"""Which workspace a connection's token is for, and which account the app has there; asked once for each token."""

import hashlib

from agents.connectors.base import ConnectionContext, ConnectorError
from agents.connectors.slack.credentials import bot_token
from agents.connectors.slack.posting.models import Workspace
from agents.connectors.slack.remembered import Remembered
from agents.connectors.slack.web_api import Api, api

_accounts = Remembered[str](1_000, 3_600.0)


def workspace(connection: ConnectionContext) -> Workspace:
    """Also known while Slack is away. Raises ConnectorError; Unavailable where Slack is away the first time."""
    digest = _digest(connection)
    known = Workspace.objects.filter(connection=connection.id, token_digest=digest).first()
    if known is not None:
        return known
    with api(connection) as slack:
        team, app = _asked(slack)
    found, _ = Workspace.objects.update_or_create(
        connection_id=connection.id, defaults={"team": team, "app": app, "token_digest": digest}
    )
    return found


def account(slack: Api, connection: ConnectionContext) -> str:
    """The app's account, for a call that is under way: remembered by the process, as calls read no tables."""
    digest = _digest(connection)
    known = _accounts.get(connection.id, digest)
    if known is None:
        _, known = _asked(slack)
        _accounts.keep(connection.id, digest, known)
    return known


def _asked(slack: Api) -> tuple[str, str]:
    who = slack.read("auth.test")
    team, app = str(who.get("team_id") or "")[:40], str(who.get("user_id") or "")[:40]
    if not team or not app:
        raise ConnectorError("Slack does not say which workspace the token is for.")
    return team, app


def _digest(connection: ConnectionContext) -> str:
    return hashlib.sha256(bot_token(connection).encode()).hexdigest()
