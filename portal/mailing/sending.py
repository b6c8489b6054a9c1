"""Hands a letter over to the company's mail server (``PORTAL_SMTP_HOST``)."""

import ipaddress
import socket
from email import policy
from email.message import EmailMessage

from django.conf import settings

from portal.env_outgoing import NONE, STARTTLS, TLS, Smtp
from portal.outgoing import Away, Refused, smtp
from portal.outgoing.inside import networks
from portal.outgoing.sockets import open_socket, secure
from portal.scrubbing import remember

ANYWHERE = networks(["0.0.0.0/0", "::/0"])  # who runs the portal named this server
AS_BYTES = policy.SMTP.clone(cte_type="7bit", max_line_length=78)


class Unset(Refused):
    """No server is named in the settings."""


class SignInRefused(Refused):
    """The server does not take the user and the password of the settings."""


def send(letter: EmailMessage, to: str) -> None:
    """Raises Refused (``smtp.NotTaken`` for what the server says no to), Away, or Unanswered."""
    server: Smtp | None = settings.SMTP
    if server is None:
        raise Unset("No server for outgoing mail is set: see PORTAL_SMTP_HOST.")
    data = letter.as_bytes(policy=AS_BYTES)
    with smtp.talking(_reached(server), server.host, starttls=server.security == STARTTLS) as session:
        if server.user:
            _sign_in(session, server)
        smtp.hand_over(session, server.host, server.address, [to], data)


def _reached(server: Smtp) -> socket.socket:
    raw = open_socket(server.host, server.port, inside=ANYWHERE, seconds=smtp.CONNECTS)
    if server.security == TLS:
        return secure(raw, server.host, seconds=smtp.CONNECTS)
    if server.security == NONE and not ipaddress.ip_address(raw.getpeername()[0]).is_loopback:
        raw.close()
        raise Refused("A mail server on another machine is used with TLS only: set PORTAL_SMTP_SECURITY.")
    return raw


def _sign_in(session: "smtp.Session", server: Smtp) -> None:
    code = smtp.offer_password(session, server.user, remember(server.password))
    if code in smtp.KNOWN:
        return
    if 400 <= code < 500:
        raise Away(f"The server {server.host} takes no sign-in for the moment.")
    raise SignInRefused(f"The server {server.host} refused the sign-in of PORTAL_SMTP_USER.")
