"""Old segments of the trail, moved to files: verified there first, and their seals stay in the chain."""

import gzip
import hashlib
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Max

from portal import database_roles
from portal.audit import exporting
from portal.audit.seals import ArchivedSegment, Seal
from portal.docs.verify_trail import verify

NOTED = "INSERT INTO portal_archivedsegment (segment, file, sha256) VALUES (%s, %s, %s)"
REMOVED = """
    DELETE FROM portal_entry AS e USING portal_seal AS s, unnest(s.covers::int8multirange) AS r
    WHERE s.segment = %s AND e.id >= lower(r) AND e.id < upper(r)
"""


def due(before: datetime) -> list[int]:
    """Segments that ended before then, oldest first. The newest goes on."""
    ends = Seal.objects.values("segment").annotate(end=Max("at")).order_by("segment")
    done = set(ArchivedSegment.objects.values_list("segment", flat=True))
    return [row["segment"] for row in list(ends)[:-1] if row["end"] < before and row["segment"] not in done]


def archive(segment: int, folder: Path) -> Path:
    """Write the segment's file, verify it, then remove its entries from the database. Raises OSError and ValueError."""
    file = folder / f"trail-segment-{segment}.jsonl.gz"
    numbers = list(Seal.objects.filter(segment=segment).values_list("number", flat=True))
    with file.open("xb") as handle:
        with gzip.open(handle, "wt", encoding="utf-8") as text:
            text.writelines(f"{line}\n" for line in exporting.lines(numbers))
        handle.flush()
        os.fsync(handle.fileno())
    _right(file, segment)
    with database_roles.as_owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(NOTED, [segment, file.name, _sha256(file)])
        cursor.execute("SET LOCAL portal.archiving = 'on'")
        cursor.execute(REMOVED, [segment])
        cursor.execute("SET LOCAL portal.archiving = ''")
    return file


def wrong(folder: Path) -> Iterator[str]:
    """What is wrong with the archived segments' files there, in sentences."""
    for row in ArchivedSegment.objects.all():
        file = folder / row.file
        try:
            _right(file, row.segment)
            if _sha256(file) != row.sha256:
                yield f"{file} is not the file that was written."
        except OSError as error:
            yield f"{file}: {error.strerror or error}."
        except ValueError as error:
            yield f"{file}: {error}."


def _right(file: Path, segment: int) -> None:
    with gzip.open(file, "rt", encoding="utf-8") as text:
        found = verify(text)
    seals = Seal.objects.filter(segment=segment).values_list("number", "digest")
    if found != {number: bytes(digest).hex() for number, digest in seals}:
        raise ValueError("its seals are not those of the chain")


def _sha256(file: Path) -> str:
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
