"""Signing in to a mail server: with a password, or with a token that a company's sign-in service gave (OAuth)."""

from collections.abc import Iterator

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, LoginError

from agents.connectors.base import ConnectionContext, ConnectorError
from agents.connectors.mail.servers import troubles

PASSWORD, TOKEN = "password", "token"


def imap(client: IMAPClient, host: str, connection: ConnectionContext) -> None:
    """Raises LoginError, or ConnectorError where the server knows no such sign-in."""
    refused: LoginError | None = None
    for secret in credentials(connection):
        try:
            return _imap(client, host, connection, secret)
        except LoginError as error:
            if isinstance(error.__context__, IMAPClientAbortError):
                raise
            refused = error
    if signed_in(connection) and not troubles.AWAY.search(str(refused)):
        raise ConnectorError(f"The mail server {host} {taken_by_nobody(connection)}") from refused
    raise refused or LoginError("")


def signed_in(connection: ConnectionContext) -> bool:
    """Is the token that of an account that signed in at a provider?"""
    return bool(connection.account) and connection.settings.get("sign_in", PASSWORD) == TOKEN


def taken_by_nobody(connection: ConnectionContext) -> str:
    """What a server did that refuses new tokens, too, and what people can do."""
    settings = connection.settings
    user = str(settings.get("user") or settings.get("address") or "")
    if user.lower() == connection.account.lower():
        return f"refused the sign-in of {user}. Sign in again on the connection's page."
    return (
        f"refused the sign-in of {connection.account} as the user {user}. "
        "Correct the user in the settings, or sign in again on the connection's page."
    )


def credentials(connection: ConnectionContext) -> Iterator[str]:
    """The password; or a token that is good for now, and another one where the server refuses that one.

    A token is the person's who signed in, else one that somebody entered.
    """
    if connection.settings.get("sign_in", PASSWORD) == TOKEN and (
        connection.account or not connection.secret
    ):
        token = connection.token()
        yield token
        yield connection.token(token)
    elif connection.secret:
        yield connection.secret
    else:
        raise ConnectorError("The connection has no password. Enter one on its page.")


def _imap(client: IMAPClient, host: str, connection: ConnectionContext, secret: str) -> None:
    user = str(connection.settings.get("user", ""))
    if connection.settings.get("sign_in", PASSWORD) == TOKEN:
        if client.has_capability("AUTH=OAUTHBEARER"):
            client.oauthbearer_login(user, secret)
        elif client.has_capability("AUTH=XOAUTH2"):
            client.oauth2_login(user, secret)
        else:
            raise ConnectorError(
                f"The mail server {host} takes no tokens. Choose a password in the settings."
            )
    elif client.has_capability("AUTH=PLAIN"):
        client.plain_login(user, secret)
    elif client.has_capability("LOGINDISABLED"):
        raise ConnectorError(f"The mail server {host} takes no passwords. Choose a token in the settings.")
    else:
        client.login(user, secret)
