"""Signing in to a mail server: with a password, or with a token that a company's sign-in service gave (OAuth)."""

from imapclient import IMAPClient

from agents.connectors.base import ConnectionContext, ConnectorError

PASSWORD, TOKEN = "password", "token"


def imap(client: IMAPClient, host: str, connection: ConnectionContext) -> None:
    """Raises LoginError, or ConnectorError where the server knows no such sign-in."""
    user, secret = str(connection.settings.get("user", "")), credential(connection)
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


def credential(connection: ConnectionContext) -> str:
    """The password; or a token that is good for now, of the person who signed in or as somebody entered it."""
    if connection.settings.get("sign_in", PASSWORD) == TOKEN and (
        connection.account or not connection.secret
    ):
        return connection.token()
    if not connection.secret:
        raise ConnectorError("The connection has no password. Enter one on its page.")
    return connection.secret
