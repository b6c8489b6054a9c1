"""Mail that leaves: to all its recipients or to none, and whether it left is known or said to be unknown."""

import base64
import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import closing, suppress

from agents.connectors.base import ConnectionContext, ConnectorError, Unavailable
from agents.connectors.mail import decoding
from agents.connectors.mail.servers import encrypted
from agents.connectors.mail.servers.deadlines import deadlines
from agents.connectors.mail.servers.sign_in import PASSWORD, TOKEN, credentials

CONNECTS, READS, IN_ALL = 10.0, 60.0, 180.0  # seconds: to connect, for one answer, for the whole mail
FULL = re.compile(r"quota|full|insufficient (system )?storage", re.IGNORECASE)


class Unclear(Exception):
    """The whole mail was handed over and no answer came: nobody knows whether it left."""


class _Over(smtplib.SMTP):
    """Over a connection that the portal opened."""

    def __init__(self, raw: socket.socket, host: str) -> None:
        self._raw = raw
        super().__init__(host, 1, timeout=READS)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        self._raw.settimeout(READS)
        return self._raw


def deliver(connection: ConnectionContext, sender: str, to: Sequence[str], data: bytes) -> None:
    """Raises ConnectorError where it did not leave, Unavailable where it may leave in a moment, and Unclear."""
    _talk(connection, lambda server, host: _hand_over(server, host, sender, to, data))


def check(connection: ConnectionContext) -> None:
    """Raises ConnectorError where this sign-in cannot send."""
    _talk(connection, lambda server, host: None)


def _talk(connection: ConnectionContext, do: Callable[[smtplib.SMTP, str], None]) -> None:
    settings = connection.settings
    host, security = str(settings.get("smtp_host") or ""), str(settings.get("smtp_security") or encrypted.TLS)
    if not host:
        raise ConnectorError("This connection cannot send: its settings name no server for outgoing mail.")
    raw = encrypted.reach(connection, host, int(settings.get("smtp_port") or 465), security, CONNECTS)
    with deadlines.within(IN_ALL, raw), closing(raw):
        try:
            server = _Over(raw, host)
            server.ehlo_or_helo_if_needed()
            if security == encrypted.STARTTLS:
                if not server.has_extn("starttls"):
                    raise ConnectorError(f"The server {host} offers no STARTTLS. Choose TLS in the settings.")
                _good(host, *server.starttls(context=encrypted.trust()))
                server.ehlo_or_helo_if_needed()
            if server.has_extn("auth"):
                _sign_in(server, host, connection)
            do(server, host)
        except smtplib.SMTPResponseException as error:
            raise _refused(host, error.smtp_code, error.smtp_error) from error
        except ssl.SSLCertVerificationError as error:
            raise encrypted.untrusted(host, error) from error
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise Unavailable(
                f"The server {host} broke off before the mail was handed over. It did not leave."
            ) from error
        with suppress(smtplib.SMTPException, OSError):
            server.quit()


def _sign_in(server: smtplib.SMTP, host: str, connection: ConnectionContext) -> None:
    for secret in credentials(connection):
        code = _offered(server, host, connection, secret)
        if code in (235, 503):
            return
        if 400 <= code < 500:
            raise Unavailable(f"The server {host} takes no sign-in for the moment.")
    raise ConnectorError(
        f"The server {host} refused the sign-in for outgoing mail. Enter the password or token again, "
        "on the connection's page."
    )


def _offered(server: smtplib.SMTP, host: str, connection: ConnectionContext, secret: str) -> int:
    """What the server says to it."""
    settings, offered = connection.settings, server.esmtp_features.get("auth", "").upper().split()
    user = str(settings.get("smtp_user") or settings.get("user") or settings.get("address") or "")
    if settings.get("sign_in", PASSWORD) == TOKEN:
        bearer = f"auth=Bearer {secret}\1"
        if "OAUTHBEARER" in offered:
            name = user.replace("=", "=3D").replace(",", "=2C")
            said = server.docmd("AUTH", "OAUTHBEARER " + _coded(f"n,a={name},\1{bearer}\1"))
        elif "XOAUTH2" in offered:
            said = server.docmd("AUTH", "XOAUTH2 " + _coded(f"user={user}\1{bearer}\1"))
        else:
            raise ConnectorError(f"The server {host} takes no tokens. Choose a password in the settings.")
        return server.docmd("")[0] if said[0] == 334 else said[0]  # it says why not, and waits for an answer
    if "PLAIN" in offered:
        return server.docmd("AUTH", "PLAIN " + _coded(f"\0{user}\0{secret}"))[0]
    if "LOGIN" in offered:
        server.docmd("AUTH", f"LOGIN {_coded(user)}")
        return server.docmd(_coded(secret))[0]
    raise ConnectorError(f"The server {host} takes no passwords. Choose a token in the settings.")


def _hand_over(server: smtplib.SMTP, host: str, sender: str, to: Sequence[str], data: bytes) -> None:
    whole = re.sub(rb"\r\n|\r|\n", b"\r\n", data).rstrip(b"\r\n") + b"\r\n"
    _good(host, *server.mail(sender, [f"size={len(whole)}"] if server.has_extn("size") else []))
    for recipient in to:
        code, said = server.rcpt(recipient)
        if code not in (250, 251):
            raise _refused(host, code, said, f"does not take mail to {recipient}")
    code, said = server.docmd("DATA")
    if code != 354:
        raise _refused(host, code, said)
    server.send(re.sub(rb"(?m)^\.", b"..", whole))
    # From here on the server has all of it: without its word nobody knows.
    try:
        server.send(b".\r\n")
        code, said = server.getreply()
    except (smtplib.SMTPException, OSError) as error:
        raise Unclear(f"The server {host} took the mail and broke off before it answered.") from error
    _good(host, code, said)


def _good(host: str, code: int, said: bytes) -> None:
    if not 200 <= code < 300:
        raise _refused(host, code, said)


def _refused(host: str, code: int, said: bytes | str, what: str = "refused the mail") -> ConnectorError:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    words = decoding.clean_header(text, 120)
    if 400 <= code < 500 and not FULL.search(text):
        return Unavailable(f"The server {host} {what} for the moment: {words}")
    return ConnectorError(f"The server {host} {what}, and nothing was sent: {words}")


def _coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
