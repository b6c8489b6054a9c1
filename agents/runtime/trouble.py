"""Passing trouble of a model or a connection: what may be over in a moment, and how long to wait for that. Pure."""

from dataclasses import dataclass
from datetime import datetime

from pydantic_ai.exceptions import ModelConnectionError, ModelHTTPError

from portal.outgoing.http import retry_after
from portal.reasons import Stored

LONGEST = 60.0  # seconds between two tries
LAST = 5.0  # seconds of a task's time that are kept for the last try
ROOM = 2.0  # seconds until a call asks again whether there is room on its connection
STRANGE = 3  # tries of a model whose answer cannot be read: it may be paid for each time
PASSING = {408, 409, 425, 429}  # and all from 500 on


@dataclass
class PutOff(Exception):
    """The task cannot go on for now: it waits so many seconds, without a worker."""

    reason: Stored
    seconds: float


def passes(failure: Exception, tries: int) -> bool:
    """May the model answer later what it did not now? ``tries``: so many there were already."""
    if isinstance(failure, ModelHTTPError):
        return failure.status_code in PASSING or failure.status_code >= 500
    if isinstance(failure, TimeoutError | ModelConnectionError | OSError):
        return True
    return tries + 1 < STRANGE


def wait(tries: int, left: float, *, asked: float = 0.0) -> float | None:
    """Seconds until the next try; None: the task's time does not allow one. ``asked``: so long at least."""
    room = left - LAST
    if asked > room or room <= 0:
        return None
    return max(asked, min(2.0**tries, LONGEST, room))


def wait_for_call(tries: int, left: float, *, asked: float = 0.0) -> float | None:
    """The same for a call: the model needs the other half of the time, to go on without it."""
    seconds = max(asked, min(2.0**tries, LONGEST))
    return seconds if seconds <= left / 2 else None


def wait_for_room(waited: float, most: float) -> float | None:
    """The same for a call without room on its connection: others end soon, so it asks often."""
    return ROOM if waited + ROOM <= most / 2 else None


def asked_to_wait(failure: Exception, now: datetime) -> float:
    """What the provider said by ``Retry-After``, in seconds or as a date."""
    headers = failure.headers if isinstance(failure, ModelHTTPError) else None
    return retry_after((headers or {}).get("retry-after", ""), now) or 0.0
