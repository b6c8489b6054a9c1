"""One process at a time at a call, from the look at what was decided to the end of its effect.

A stalled worker may outlive its lease: lock the call, so that its successor cannot decide while it still acts.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from agents.queue.models import Call
from agents.queue.moves import Lost
from portal.locking import locked

WAIT = 10.0  # seconds for another process; a worker that has waited in vain leaves the task to a later one


@contextmanager
def alone(row: Call, *, wait: float = WAIT) -> Iterator[None]:
    """Within: nobody else acts on this call. May be entered again inside. Raises Lost where somebody stays at it."""
    with locked("agents_call", row.pk, wait=wait) as held:
        if not held:
            raise Lost(f"{row} is in another process's hands")
        yield


def stands(row: Call) -> bool:
    """Is it still as it was decided? Asked within: somebody who was alone with it before may have decided anew."""
    return Call.objects.filter(pk=row.pk, state=row.state, started_at=row.started_at).exists()
