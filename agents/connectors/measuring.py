"""One look at how a service does, through the guarded client: does an address answer, what does Prometheus count."""

import math
import time
from collections.abc import Mapping
from datetime import datetime

from agents.connectors.base import ConnectionContext, ConnectorError
from agents.connectors.health import Sample
from agents.connectors.outgoing import client
from portal.outgoing import Away, Refused, Unanswered

SECONDS = 10.0  # for one look
LARGEST = 200_000  # bytes of an answer


def answers(connection: ConnectionContext, url: str) -> Sample:
    """Does it answer, and how fast? What does not answer in time has failed. Raises ConnectorError where the portal may
    not reach it at all.
    """
    began = time.monotonic()
    try:
        with client(connection, seconds=SECONDS) as web:
            status = web.request("GET", url).status
    except ConnectorError as error:
        if isinstance(error.__context__, Refused):
            raise
        return Sample(errors=1.0)
    except (Away, Unanswered):
        return Sample(errors=1.0)
    return Sample(errors=0.0 if status < 400 else 1.0, seconds=time.monotonic() - began)


def prometheus(
    connection: ConnectionContext, server: str, queries: Mapping[str, str], at: datetime | None = None
) -> Sample:
    """Each figure by its query: the first value of what comes back. ``at``: as it was then. Raises ConnectorError."""
    found: dict[str, float | None] = {}
    with client(connection, seconds=SECONDS) as web:
        for figure, query in queries.items():
            asked = {"query": query} | ({"time": f"{at.timestamp():.3f}"} if at else {})
            answer = web.request("GET", f"{server.rstrip('/')}/api/v1/query", params=asked)
            if not answer.ok:
                raise ConnectorError(f"Prometheus refuses the query for {figure} (status {answer.status}).")
            found[figure] = _value(answer.json(), figure)
    return Sample(**found)


def _value(answer: object, figure: str) -> float | None:
    """None where nothing matches, or it is not a number (0 requests: NaN)."""
    try:
        data = answer["data"]  # type: ignore[index]
        result = data["result"]
        value = result[1] if data["resultType"] == "scalar" else (result[0]["value"][1] if result else None)
        number = None if value is None else float(value)
    except (KeyError, IndexError, TypeError, ValueError):
        raise ConnectorError(f"What Prometheus answers for {figure} cannot be read.") from None
    return number if number is not None and math.isfinite(number) else None
