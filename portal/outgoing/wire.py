"""How the HTTP library opens and uses sockets: by ``open_socket``, and in the time that a whole request has."""

import select
import socket
import ssl
import time
from collections.abc import Iterable, Sequence
from typing import Any

import httpcore2

from portal.outgoing.inside import Network
from portal.outgoing.sockets import open_socket, secure


class Backend(httpcore2.NetworkBackend):
    """``until``: no step of any request lasts longer. ``only_inside``: the next connection is not secured by TLS."""

    def __init__(self, inside: Sequence[Network], until: float) -> None:
        self.inside, self.until, self.only_inside = inside, until, False

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        seconds = self.left(timeout)
        return Stream(
            open_socket(host, port, inside=self.inside, seconds=seconds, only_inside=self.only_inside), self
        )

    def left(self, timeout: float | None) -> float:
        left = self.until - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("out of time")
        return min(left, timeout) if timeout is not None else left


class Stream(httpcore2.NetworkStream):
    """A server that sends one byte now and then is given no more time than another."""

    def __init__(self, raw: socket.socket, backend: Backend) -> None:
        self._raw, self._backend = raw, backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            self._raw.settimeout(self._backend.left(timeout))
            return self._raw.recv(max_bytes)
        except TimeoutError:
            raise httpcore2.ReadTimeout from None
        except OSError:
            raise httpcore2.ReadError from None

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        try:
            self._raw.settimeout(self._backend.left(timeout))
            self._raw.sendall(buffer)
        except TimeoutError:
            raise httpcore2.WriteTimeout from None
        except OSError:
            raise httpcore2.WriteError from None

    def close(self) -> None:
        self._raw.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        seconds = self._backend.left(timeout)
        secured = secure(self._raw, server_hostname or "", seconds=seconds, context=ssl_context)
        return Stream(secured, self._backend)

    def get_extra_info(self, info: str) -> Any:
        """What the pool asks before it uses a connection again."""
        if info == "ssl_object":
            return self._raw if isinstance(self._raw, ssl.SSLSocket) else None
        if info == "is_readable":
            return bool(select.select([self._raw], [], [], 0)[0])
        return None
