"""Slack's Web API by the portal's one way out. What it refuses is said in words; what nobody knows stays unknown.

Not by ``slack_sdk``: its client opens connections by itself, past the checks of addresses, the proxy and the company's
certificates, and it tries again by rules of its own.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from agents.connectors.base import ConnectionContext, ConnectorError, Unavailable
from agents.connectors.outgoing import client
from agents.connectors.slack.credentials import bot_token
from agents.connectors.slack.forms import API
from agents.connectors.slack.refusals import LOST, PASSING, TOO_OFTEN, UNKNOWN, worded
from portal.outgoing import OutgoingError, Unanswered
from portal.outgoing.http import Answer, Client, retry_after

SECONDS = 30.0  # of one call of a connector, all its requests together
SCOPES = "x-oauth-scopes"
MOST_PAGES = 50  # of one listing

Json = Mapping[str, Any]


class Api:
    """Requests of one call, with one token."""

    def __init__(self, http: Client, base: str, token: str) -> None:
        self.http, self.base, self._token = http, base, token
        self.scopes: frozenset[str] | None = None  # of the token; None: Slack has not said

    def read(self, method: str, **given: Any) -> Json:
        """What changes nothing, so that it may be asked twice. Raises ConnectorError, Unavailable."""
        try:
            answer = self._asked(method, given, repeatable=True)
        except Unanswered as error:
            raise Unavailable(str(error)) from None
        return self._taken(method, answer, changes=False)

    def change(self, method: str, **given: Any) -> Json:
        """Asked once. Raises ConnectorError where it did not happen, Unanswered where nobody knows."""
        return self._taken(method, self._asked(method, given, repeatable=False), changes=True)

    def pages(
        self, method: str, key: str, most: int = MOST_PAGES, *, beyond: str = "", **given: Any
    ) -> Iterator[Json]:
        """What stands under ``key`` in each page, one by one. Raises ConnectorError (``beyond``) for more."""
        cursor = ""
        for _ in range(most):
            page = self.read(method, **given, cursor=cursor)
            yield from records(page, key)
            cursor = next_cursor(page)
            if not cursor:
                return
        raise ConnectorError(beyond or f"{method}: there is more than the portal reads at once.")

    def _asked(self, method: str, given: Mapping[str, Any], *, repeatable: bool) -> Answer:
        told = {name: _written(value) for name, value in given.items() if value is not None and value != ""}
        headers = {"Authorization": f"Bearer {self._token}"}
        return self.http.request(
            "POST", self.base + method, headers=headers, data=told, repeatable=repeatable
        )

    def _taken(self, method: str, answer: Answer, *, changes: bool) -> Json:
        if SCOPES in answer.headers:
            self.scopes = frozenset(
                scope.strip() for scope in answer.headers[SCOPES].split(",") if scope.strip()
            )
        if answer.status == 429:
            raise _too_often(answer)
        if answer.status >= 500:
            raise _unclear(f"Slack has trouble of its own ({answer.status}).", changes)
        try:
            found = answer.json()
        except OutgoingError:
            found = None
        if not isinstance(found, dict) or "ok" not in found:
            if answer.status >= 400:
                raise ConnectorError(f"Slack refuses {method} ({answer.status}).")
            raise _unclear("Slack's answer cannot be read.", changes)
        if found["ok"] is True:
            return found
        return self._refused(method, found, answer, changes)

    def _refused(self, method: str, found: Json, answer: Answer, changes: bool) -> Json:
        code = str(found.get("error", ""))[:80]
        if code in TOO_OFTEN:
            raise _too_often(answer)
        if code in UNKNOWN:
            raise _unclear(f"Slack has trouble of its own ({code}).", changes)
        if code in PASSING:
            raise Unavailable(f"Slack is away for now ({code}).")
        raise Refusal(code, worded(method, code, str(found.get("needed", ""))[:200]), lost=code in LOST)


class Refusal(ConnectorError):
    """Slack said no. ``code``: as Slack calls it. ``lost``: its token is not taken any more."""

    def __init__(self, code: str, words: str, *, lost: bool) -> None:
        super().__init__(words)
        self.code, self.lost = code, lost


class TooOften(Unavailable):
    """``retry_after``: seconds that Slack asks to wait; 0 where it does not say."""

    def __init__(self, words: str, *, retry_after: float) -> None:
        super().__init__(words)
        self.retry_after = retry_after


@contextmanager
def api(connection: ConnectionContext, *, token: str = "", seconds: float = 0.0) -> Iterator[Api]:
    """For the requests of one call; ``token``: another one than the bot's."""
    using = token or bot_token(connection)
    with client(connection, seconds=seconds or SECONDS) as http:
        yield Api(http, str(connection.settings.get("api") or API), using)


def records(page: Json, key: str) -> list[Json]:
    """The records that an answer lists; what is none is left out."""
    found = page.get(key)
    return [record for record in found if isinstance(record, dict)] if isinstance(found, list) else []


def next_cursor(page: Json) -> str:
    told = page.get("response_metadata")
    return str(told.get("next_cursor") or "") if isinstance(told, dict) else ""


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value)


def _too_often(answer: Answer) -> TooOften:
    """Slack did not look at it: it may be asked again."""
    wait = retry_after(answer.headers.get("retry-after", ""))
    words = "" if wait is None else f" It asks to wait {wait:.0f} s."
    return TooOften(f"Slack was asked too often.{words}", retry_after=wait or 0.0)


def _unclear(words: str, changes: bool) -> Exception:
    return Unanswered(words) if changes else Unavailable(words)
