"""Mail that leaves from a connection: with its server, its sign-in and its words."""

import smtplib
from collections.abc import Callable, Sequence

from agents.connectors.base import ConnectionContext, ConnectorError, Unavailable
from agents.connectors.mail import decoding
from agents.connectors.mail.servers import encrypted
from agents.connectors.mail.servers.sign_in import PASSWORD, TOKEN, credentials, signed_in, taken_by_nobody
from agents.connectors.outgoing import worded
from portal.outgoing import smtp


def deliver(connection: ConnectionContext, sender: str, to: Sequence[str], data: bytes) -> None:
    """Raises ConnectorError where it did not leave, Unavailable where it may in a moment, or Unanswered."""
    _talk(connection, lambda server, host: smtp.hand_over(server, host, sender, to, data))


def check(connection: ConnectionContext) -> None:
    """Raises ConnectorError where this sign-in cannot send."""
    _talk(connection, lambda server, host: None)


def _talk(connection: ConnectionContext, do: Callable[[smtplib.SMTP, str], None]) -> None:
    settings = connection.settings
    host, security = str(settings.get("smtp_host") or ""), str(settings.get("smtp_security") or encrypted.TLS)
    if not host:
        raise ConnectorError("This connection cannot send: its settings name no server for outgoing mail.")
    raw = encrypted.reach(connection, host, int(settings.get("smtp_port") or 465), security, smtp.CONNECTS)
    starttls = security == encrypted.STARTTLS
    with worded(), smtp.talking(raw, host, starttls=starttls) as server:
        if server.has_extn("auth"):
            _sign_in(server, host, connection)
        do(server, host)


def _sign_in(server: smtplib.SMTP, host: str, connection: ConnectionContext) -> None:
    said = b""
    for secret in credentials(connection):
        code, said = _offered(server, host, connection, secret)
        if code in smtp.KNOWN:
            return
        if 400 <= code < 500:
            raise Unavailable(f"The server {host} takes no sign-in for the moment.")
    if signed_in(connection):
        raise ConnectorError(
            f"The server {host} for outgoing mail {taken_by_nobody(connection)}{_said(said)}"
        )
    raise ConnectorError(
        f"The server {host} refused the sign-in for outgoing mail. Enter the password or token again, "
        f"on the connection's page.{_said(said)}"
    )


def _said(said: bytes) -> str:
    """Some say what is wrong, as that the company has switched this off."""
    words = decoding.clean_header(said.decode("utf-8", "replace"), 120)
    return f" It said: {words}" if words else ""


def _offered(
    server: smtplib.SMTP, host: str, connection: ConnectionContext, secret: str
) -> tuple[int, bytes]:
    """What the server says to it."""
    settings, offered = connection.settings, server.esmtp_features.get("auth", "").upper().split()
    user = str(settings.get("smtp_user") or settings.get("user") or settings.get("address") or "")
    if settings.get("sign_in", PASSWORD) == TOKEN:
        bearer = f"auth=Bearer {secret}\1"
        if "OAUTHBEARER" in offered:
            name = user.replace("=", "=3D").replace(",", "=2C")
            end = smtp.coded("\1")  # RFC 7628, 3.2.3
            said = server.docmd("AUTH", "OAUTHBEARER " + smtp.coded(f"n,a={name},\1{bearer}\1"))
        elif "XOAUTH2" in offered:
            end = ""
            said = server.docmd("AUTH", "XOAUTH2 " + smtp.coded(f"user={user}\1{bearer}\1"))
        else:
            raise ConnectorError(f"The server {host} takes no tokens. Choose a password in the settings.")
        return server.docmd(end) if said[0] == 334 else said  # it says why not, and waits for an answer
    if code := smtp.offer_password(server, user, secret):
        return code, b""
    raise ConnectorError(f"The server {host} takes no passwords. Choose a token in the settings.")
