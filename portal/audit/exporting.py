"""The trail as lines of JSON that hold all that is digested: ``portal/docs/verify_trail.py`` verifies them alone."""

import json
from collections.abc import Iterator

from django.db import connection, transaction

from portal import sessions
from portal.audit.seals import ArchivedSegment, Seal

ENTRIES = """
    SELECT e.id, portal_entry_text(e), encode(e.digest, 'hex')
    FROM portal_seal AS s, unnest(s.covers::int8multirange) AS r
        JOIN portal_entry AS e ON e.id >= lower(r) AND e.id < upper(r)
    WHERE s.number = %s ORDER BY e.id
"""
SEAL = """
    SELECT portal_seal_text(s), encode(s.digest, 'hex'),
        coalesce((SELECT encode(digest, 'hex') FROM portal_seal WHERE number = s.number - 1), '')
    FROM portal_seal AS s WHERE number = %s
"""


def lines(seals: "list[int]") -> Iterator[str]:
    """Each seal's entries, then the seal."""
    with sessions.unbounded(), transaction.atomic(), connection.cursor() as cursor:  # the reader may be slow
        for number in seals:
            cursor.execute(ENTRIES, [number])
            for entry, text, digest in cursor:
                yield json.dumps({"entry": entry, "text": text, "digest": digest})
            cursor.execute(SEAL, [number])
            text, digest, previous = cursor.fetchone()
            yield json.dumps({"seal": number, "text": text, "digest": digest, "previous": previous})


def newest(most: int) -> list[int]:
    """The newest seals of entries that are here, not more than ``most`` entries unless one seal alone holds more."""
    found: list[int] = []
    total = 0
    kept = Seal.objects.exclude(segment__in=ArchivedSegment.objects.values("segment")).order_by("-number")
    for number, entries in kept.values_list("number", "entries").iterator():
        total += entries
        if found and total > most:
            break
        found.append(number)
    return found[::-1]
