"""A request is two writes, head and body. On a connection that is used again the second one waits for nothing."""

import socket

from portal.outgoing.inside import networks
from portal.outgoing.sockets import open_socket
from tests.portal.outgoing_server import Raw, said


def test_small_writes_are_sent_at_once() -> None:
    server = Raw(said("200 OK"))
    try:
        with open_socket("127.0.0.1", server.port, inside=networks(["127.0.0.0/8"])) as raw:
            assert raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    finally:
        server.close()
