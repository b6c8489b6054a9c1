"""Opens TCP and TLS connections: to an address that was looked at, so that its name cannot mean another one later."""

import base64
import functools
import queue
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]

from django.conf import settings

from portal.env_outgoing import Proxy
from portal.outgoing import Away, OutgoingError, Refused
from portal.outgoing.inside import Network, may_reach

CONNECT = 10.0  # seconds for one address
LONGEST_REPLY = 8_192  # bytes of a proxy's answer


def open_socket(
    host: str, port: int, *, inside: Sequence[Network] = (), seconds: float = 20.0, only_inside: bool = False
) -> socket.socket:
    """A connection to ``host`` in ``seconds`` altogether, through the company's proxy where there is one.

    ``inside``: the networks that an admin allowed for this connection; others that are not public are refused.
    ``only_inside``: nowhere else, for what is sent without TLS. Raises Refused or Away.
    """
    until = time.monotonic() + seconds
    places = _resolved(host, port, until)
    allowed = [place for place in places if may_reach(place, inside)]
    if only_inside:
        allowed = [place for place in allowed if not may_reach(place)]
        if not allowed:
            raise Refused(f"{host} must be reached with TLS (https).")
    if not allowed:
        raise Refused(
            f"{host} is an address inside the company or on this machine. "
            "An admin can allow it for this connection."
        )
    error: OutgoingError | None = None
    for place in allowed:
        try:
            return _connected(host, place, port, until)
        except Away as trouble:
            error = trouble
    raise error or Away(f"{host} does not answer.")


def secure(
    raw: socket.socket, host: str, *, seconds: float = 20.0, context: ssl.SSLContext | None = None
) -> ssl.SSLSocket:
    """TLS over ``raw``, which it closes where that fails; the certificate must be valid and name ``host``."""
    try:
        raw.settimeout(seconds)
        return (context or tls()).wrap_socket(raw, server_hostname=host)
    except ssl.SSLCertVerificationError as error:
        raw.close()
        raise Refused(
            f"The certificate of {host} is not valid: {error.verify_message}. "
            "If the company has its own certificate authority, name its file in PORTAL_CA."
        ) from None
    except (OSError, ValueError) as error:
        raw.close()
        raise Away(f"No secure connection to {host}: {_words(error)}.") from None


def tls() -> ssl.SSLContext:
    """Certificates are verified by the system's authorities and the company's own (``PORTAL_CA``)."""
    return _tls(settings.OWN_CA)


@functools.lru_cache(maxsize=4)
def _tls(own: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if own:
        context.load_verify_locations(own)
    return context


def _resolved(host: str, port: int, until: float) -> list[str]:
    """Its addresses. The system's resolver knows no time-out, so a thread asks it."""
    found: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.put(list(dict.fromkeys(str(row[4][0]) for row in rows)))
        except Exception as error:
            found.put(error)

    threading.Thread(target=ask, daemon=True, name="resolver").start()
    try:
        answer = found.get(timeout=max(0.01, until - time.monotonic()))
    except queue.Empty:
        raise Away(f"The name {host} was not found in time.") from None
    if isinstance(answer, socket.gaierror) and answer.errno == socket.EAI_NONAME:
        raise Away(f"There is no server {host}.")
    if isinstance(answer, UnicodeError | ValueError):
        raise Refused(f"“{host[:80]}” is not the name of a server.")
    if isinstance(answer, Exception):
        raise Away(f"The name {host} cannot be looked up now.")
    return answer


def _connected(host: str, place: str, port: int, until: float) -> socket.socket:
    proxy: Proxy | None = settings.OUTGOING_PROXY
    if not may_reach(place) or _direct(host):
        proxy = None
    target = (proxy.host, proxy.port) if proxy else (place, port)
    try:
        raw = socket.create_connection(target, timeout=min(CONNECT, max(0.01, until - time.monotonic())))
    except OSError as error:
        name = "The company's proxy" if proxy else host
        raise Away(f"{name} does not answer: {_words(error)}.") from None
    # A request's head and body are two writes: the second must not wait 40 ms until the first is acknowledged.
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if proxy:
        try:
            _through(raw, place, port, proxy.user, until)
        except BaseException:
            raw.close()
            raise
    return raw


def _direct(host: str) -> bool:
    return bool(proxy_bypass_environment(host, {"no": settings.NO_PROXY}))


def _through(raw: socket.socket, place: str, port: int, user: str, until: float) -> None:
    """Ask the proxy for the address that was looked at, not for its name."""
    name = f"[{place}]:{port}" if ":" in place else f"{place}:{port}"
    asked = f"CONNECT {name} HTTP/1.1\r\nHost: {name}\r\n"
    if user:
        asked += f"Proxy-Authorization: Basic {base64.b64encode(user.encode()).decode()}\r\n"
    try:
        raw.sendall(f"{asked}\r\n".encode())
        answer = b""
        for _ in range(LONGEST_REPLY):
            raw.settimeout(max(0.01, until - time.monotonic()))
            part = raw.recv(1)  # what follows the answer is the server's
            answer += part
            if not part or answer.endswith(b"\r\n\r\n"):
                break
    except OSError as error:
        raise Away(f"The company's proxy does not answer: {_words(error)}.") from None
    words = answer.split(b"\r\n", 1)[0].split(b" ", 2)
    if len(words) < 2 or words[1] != b"200":
        code = words[1][:3].decode("latin-1") if len(words) > 1 else "nothing"
        raise Away(f"The company's proxy refused the connection ({code}).")


def _words(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    text = getattr(error, "strerror", None) or type(error).__name__
    with suppress(AttributeError):
        text = text.removeprefix("[SSL] ")
    return str(text)[:1].lower() + str(text)[1:]
