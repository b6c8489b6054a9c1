"""TLS to mail servers: always, with a certificate that is verified. Only what stays on this machine may go without."""

import ipaddress
import socket
import ssl

from agents.connectors import outgoing
from agents.connectors.base import ConnectionContext, ConnectorError
from portal.outgoing.sockets import secure, tls

TLS, STARTTLS, NONE = "tls", "starttls", "none"
# Where a server is reached, unless the settings say otherwise.
PORTS = {"port": {TLS: 993, STARTTLS: 143, NONE: 143}, "smtp_port": {TLS: 465, STARTTLS: 587, NONE: 25}}
LOOPBACK = {
    "localhost",
    "127.0.0.1",
    "::1",
}  # the names that may go without; where they lead is looked at, too


def reach(
    connection: ConnectionContext, host: str, port: int, security: str, seconds: float
) -> socket.socket:
    """A socket to the server, with TLS where that is how it begins. Raises ConnectorError."""
    raw = outgoing.plain_socket(connection, host, port, seconds=seconds)
    if security == TLS:
        with outgoing.worded():
            return secure(raw, host, seconds=seconds)
    if security == NONE:
        refuse_open(raw)
    return raw


def trust() -> ssl.SSLContext:
    """The system's authorities and the company's own."""
    return tls()


def untrusted(host: str, error: ssl.SSLCertVerificationError) -> ConnectorError:
    return ConnectorError(
        f"The certificate of {host} is not valid: {error.verify_message}. "
        "If the company has its own certificate authority, name its file in PORTAL_CA."
    )


def refuse_open(connected: socket.socket) -> None:
    """Raises ConnectorError where a connection without TLS leaves this machine, whatever its name says."""
    if not ipaddress.ip_address(str(connected.getpeername()[0]).partition("%")[0]).is_loopback:
        connected.close()
        raise ConnectorError(
            "A mail server on another machine is used with TLS only. Choose TLS or STARTTLS in the settings."
        )
