"""TLS to mail servers: always, with a certificate that is verified. Only what stays on this machine may go without."""

import ipaddress
import socket
import ssl
from collections.abc import Mapping
from typing import Any

from agents.connectors.base import ConnectorError

TLS, STARTTLS, NONE = "tls", "starttls", "none"
LOOPBACK = {
    "localhost",
    "127.0.0.1",
    "::1",
}  # the names that may go without; where they lead is looked at, too


def trust(settings: Mapping[str, Any]) -> ssl.SSLContext:
    """The system's authorities, and the company's own where the connection names one. Raises ConnectorError."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if authority := str(settings.get("authority") or ""):
        try:
            context.load_verify_locations(cadata=authority)
        except (ssl.SSLError, ValueError) as error:
            raise ConnectorError("The certificate authority of the connection cannot be read.") from error
    return context


def refuse_open(connected: socket.socket) -> None:
    """Raises ConnectorError where a connection without TLS leaves this machine, whatever its name says."""
    if not ipaddress.ip_address(str(connected.getpeername()[0]).partition("%")[0]).is_loopback:
        raise ConnectorError(
            "A mail server on another machine is used with TLS only. Choose TLS or STARTTLS in the settings."
        )
