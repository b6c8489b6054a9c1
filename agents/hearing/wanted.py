"""Which connections there is something to hear of, and what must be the same for an ear to stay as it is."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import OuterRef, Q, Subquery

from agents.connections.access import Access
from agents.connections.models import Connection
from agents.connectors import connectors
from agents.connectors.listening import Listens
from agents.queue.wakes import Wake
from agents.schedules.models import Schedule


@dataclass(frozen=True, slots=True)
class Wanted:
    """``mark``: of settings, secret and sign-in. ``places``: where schedules wait."""

    connection: int
    kind: str
    mark: str
    places: frozenset[str]


def wanted() -> list[Wanted]:
    """Those first that are always heard: nobody looks there by the clock."""
    known = {kind: one for kind, one in connectors().items() if type(one).listen is not Listens.listen}
    if not known:
        return []
    places: dict[int, set[str]] = defaultdict(set)
    waiting = Schedule.objects.on_events().filter(connection__kind__in=known)
    for connection, place in waiting.values_list("connection_id", "place"):
        places[connection or 0].add(place)
    watched = Wake.objects.open().values("call__connection")
    always = [kind for kind, one in known.items() if one.always_heard]
    signed_in = Access.objects.standing().filter(connection=OuterRef("pk")).values("pk")[:1]
    rows = (
        Connection.objects.active()
        .filter(
            Q(pk__in=list(places)) | Q(pk__in=watched) | Q(kind__in=always),
            kind__in=known,
            broken_at__isnull=True,
        )
        .annotate(signed_in=Subquery(signed_in))
        .order_by("pk")
        .values_list("pk", "kind", "settings", "secret", "inside", "signed_in")
    )
    found = [
        Wanted(pk, kind, _mark(settings, *rest), frozenset(places[pk]))
        for pk, kind, settings, *rest in rows
        if known[kind].hears(settings)
    ]
    return sorted(found, key=lambda one: not known[one.kind].always_heard)


def _mark(*parts: object) -> str:
    # A column of bytes comes as a view of them.
    told = [part.hex() if isinstance(part, bytes | memoryview) else repr(part) for part in parts]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()
