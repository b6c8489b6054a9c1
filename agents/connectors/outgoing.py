"""How a connector reaches its system: through the portal's one client or socket, as far as its connection may."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from agents.connectors.base import ConnectionContext, ConnectorError, Unavailable
from portal.outgoing import Away, Refused
from portal.outgoing.http import Client
from portal.outgoing.sockets import open_socket


@contextmanager
def client(connection: ConnectionContext, *, seconds: float = 30.0) -> Iterator[Client]:
    """For the requests of one call. What is ``Unanswered`` goes on up: nobody knows whether it happened."""
    with worded(), Client(inside=connection.inside, seconds=seconds) as opened:
        yield opened


def plain_socket(
    connection: ConnectionContext, host: str, port: int, *, seconds: float = 20.0
) -> socket.socket:
    """A socket without TLS, which begins on it. Raises ConnectorError."""
    with worded():
        return open_socket(host, port, inside=connection.inside, seconds=seconds)


@contextmanager
def worded() -> Iterator[None]:
    """What the portal says of a system that it does not reach, as a connector says it."""
    try:
        yield
    except Away as error:
        raise Unavailable(str(error)) from None
    except Refused as error:
        raise ConnectorError(str(error)) from None
