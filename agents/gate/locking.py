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
def lock_call(row: Call, *, wait: float = WAIT) -> Iterator[None]:
    """Within: no other process acts on this call. May be entered again inside. Raises Lost where another holds it."""
    with locked("agents_call", row.pk, wait=wait) as held:
        if not held:
            raise Lost(f"{row} is in another process's hands")
        yield


def is_unchanged(row: Call) -> bool:
    """Is it still as it was decided? Asked under the lock: another process may have decided anew before."""
    return Call.objects.filter(pk=row.pk, state=row.state, started_at=row.started_at).exists()
