"""The HTTP client of every connection: bounded in time and size, careful with redirects and with trying again."""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore2
import httpx2

from portal.outgoing import Away, Refused, Unanswered
from portal.outgoing.inside import Network
from portal.outgoing.sockets import tls
from portal.outgoing.wire import Backend

SAFE = {"GET", "HEAD", "OPTIONS"}
SAME_TWICE = SAFE | {"PUT", "DELETE"}
PASSING = {429, 502, 503, 504}
MOVED = {301, 302, 303, 307, 308}
TRIES = 3
PAUSE = 0.5  # seconds before the second try at most; the next may wait twice as long
HOPS = 3
STEP = 20.0  # seconds for one step of a request
MEGABYTE = 1_048_576
AGENT = {"User-Agent": "agent-portal", "Accept-Encoding": "identity"}  # packed answers hide their size


@dataclass(frozen=True, slots=True)
class Answer:
    """``headers``: their names in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Any:
        """Raises Refused where it is none."""
        try:
            return httpx2.Response(200, content=self.body).json()
        except ValueError:
            raise Refused("The answer cannot be read: it is no JSON.") from None


class Client:
    """Requests of one call, one after the other, in ``seconds`` altogether. Use it as a context.

    ``inside``: networks that an admin allowed for this connection. Without TLS nothing else is reached. No cookies.
    """

    def __init__(
        self,
        *,
        inside: Sequence[Network] = (),
        seconds: float = 30.0,
        most: int = 10 * MEGABYTE,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.until, self.most, self.pause = time.monotonic() + seconds, most, pause
        self._backend = Backend(inside, self.until)
        self._pool = httpcore2.ConnectionPool(ssl_context=tls(), network_backend=self._backend)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *exc: object) -> None:
        self._pool.close()

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        data: Mapping[str, str] | None = None,
        content: bytes | None = None,
        repeatable: bool = False,
    ) -> Answer:
        """The answer, whatever its status. Raises Refused, Away or Unanswered.

        ``repeatable``: the same request twice does the same as once, as that of a POST with a key for it.
        """
        again = repeatable or method in SAME_TWICE
        asked = _Asked(method, url, dict(headers or {}), params, json, data, content)
        for _ in range(HOPS + 1):
            answer = self._tried(asked, again=again)
            target = answer.headers.get("location")
            if answer.status not in MOVED or not target or method not in SAFE:
                return answer
            after = urljoin(asked.url, target)
            if _origin(after) != _origin(asked.url) and headers:
                raise Refused(
                    f"{_host(asked.url)} sends on to {_host(after)}. "
                    "Credentials do not go there: enter that address if it is the right one."
                )
            asked = replace(asked, url=after, params=None)
        raise Refused(f"{_host(url)} sends on again and again.")

    def _tried(self, asked: "_Asked", *, again: bool) -> Answer:
        for number in range(TRIES):
            last = not again or number == TRIES - 1
            wait = random.uniform(0, PAUSE * 2**number)  # noqa: S311  (spreads load, guards nothing)
            try:
                answer = self._once(asked, again)
                wait = max(wait, _seconds(answer.headers.get("retry-after", "")) or 0.0)
                if last or answer.status not in PASSING or time.monotonic() + wait >= self.until:
                    return answer
            except Away:
                if last or time.monotonic() + wait >= self.until:
                    raise
            self.pause(wait)
        raise AssertionError("unreachable")

    def _once(self, asked: "_Asked", again: bool) -> Answer:
        request = asked.made()
        self._backend.only_inside = request.url.scheme == b"http"
        host = request.url.host.decode()
        with _worded(host, again=again):
            response = self._pool.handle_request(request)
            try:
                told = {
                    name.decode("latin-1").lower(): value.decode("latin-1")
                    for name, value in response.headers
                }
                return Answer(response.status, told, self._body(response, told, host, again))
            finally:
                response.close()

    def _body(self, response: httpcore2.Response, told: Mapping[str, str], host: str, again: bool) -> bytes:
        packed = told.get("content-encoding", "identity").lower() != "identity"
        parts, size = [], 0
        for part in response.iter_stream():
            size += len(part)
            if size > self.most or packed:
                what = (
                    "is packed, though it was not to be" if packed else f"has more than {self.most:,} bytes"
                )
                raise (Refused if again else Unanswered)(f"The answer of {host} {what}.")
            parts.append(part)
        return b"".join(parts)


@dataclass(frozen=True, slots=True)
class _Asked:
    method: str
    url: str
    headers: Mapping[str, str]
    params: Mapping[str, str] | None
    json: Any
    data: Mapping[str, str] | None
    content: bytes | None

    def made(self) -> httpcore2.Request:
        """As it goes over the wire. Raises Refused where the address is none."""
        try:
            made = httpx2.Request(
                self.method,
                self.url,
                headers={**AGENT, **self.headers},
                params=self.params,
                json=self.json,
                data=self.data,
                content=self.content,
            )
        except (httpx2.InvalidURL, UnicodeError, ValueError, TypeError):
            raise Refused("This is not an address on the web.") from None
        url = made.url
        if url.scheme not in {"http", "https"} or not url.host or url.userinfo:
            raise Refused("An address on the web begins with https:// and the name of a server.")
        place = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        timeouts = {"timeout": {"connect": STEP, "read": STEP, "write": STEP, "pool": STEP}}
        content = made.read()
        return httpcore2.Request(
            self.method, place, headers=made.headers.raw, content=content, extensions=timeouts
        )


@contextmanager
def _worded(host: str, *, again: bool) -> Iterator[None]:
    """Errors of the library in our words. They hold no address but the host's, as those may hold secrets."""
    try:
        yield
    except (httpcore2.ConnectError, httpcore2.ConnectTimeout, httpcore2.PoolTimeout):
        raise Away(f"{host} does not answer.") from None
    except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError) as error:
        late = isinstance(error, httpcore2.TimeoutException)
        words = f"{host} {'did not answer in time' if late else 'broke off in the middle of its answer'}."
        raise (Away if again else Unanswered)(words) from None


def retry_after(told: str, now: datetime | None = None) -> float | None:
    """How many seconds a ``Retry-After`` asks to wait, in seconds or as a date; None where it says neither."""
    if (seconds := _seconds(told)) is not None:
        return seconds
    try:
        at = parsedate_to_datetime(told)
    except (ValueError, TypeError):
        return None
    left = (at if at.tzinfo else at.replace(tzinfo=UTC)) - (now or datetime.now(UTC))
    return max(0.0, left.total_seconds())


def _seconds(told: str) -> float | None:
    return float(told[:9]) if told.isascii() and told.isdecimal() else None


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return (
        parts.scheme,
        (parts.hostname or "").lower(),
        parts.port or {"https": 443, "http": 80}.get(parts.scheme),
    )


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or "The server"
    except ValueError:
        return "The server"
