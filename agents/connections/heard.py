"""Which connections a process listens to now, on whatever machine: locks of its database session say so."""

from collections.abc import Iterable

from portal.locking import taken

LISTENS = "listens"  # one process has this connection
HEARS = "hears"  # and nothing that happens there is missed


def heard(connections: Iterable[int]) -> set[int]:
    """Those of them of which a process hears at once what happens."""
    return _of(HEARS, connections)


def listened(connections: Iterable[int]) -> set[int]:
    """Those of them that a process has taken, whether or not it gets through."""
    return _of(LISTENS, connections)


def _of(kind: str, connections: Iterable[int]) -> set[int]:
    return {int(name) for name in taken(kind, map(str, connections))}
