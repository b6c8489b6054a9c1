"""Recomputes the trail's chain of digests in the database, so that a changed or removed entry is found."""

from dataclasses import dataclass

from django.db import connection

BROKEN = """
    SELECT id FROM (
        SELECT e.id, e.digest, portal_entry_digest(e, lag(e.digest) OVER (ORDER BY e.id)) AS fits
        FROM portal_entry e
    ) AS chain WHERE digest IS DISTINCT FROM fits ORDER BY id LIMIT 1
"""


@dataclass(frozen=True)
class Mark:
    """An entry by id and digest. Written down elsewhere, it shows later that the trail was not cut short."""

    id: int
    digest: str

    def __str__(self) -> str:
        return f"{self.id}:{self.digest}"

    @classmethod
    def parsed(cls, text: str) -> "Mark":
        """From ``id:digest``. Raises ValueError."""
        number, _, digest = text.partition(":")
        if len(bytes.fromhex(digest)) != 32:
            raise ValueError("a digest has 32 bytes")
        return cls(int(number), digest.lower())


def first_broken() -> int | None:
    """The id of the first entry that does not fit the one before it: one of the two was changed."""
    with connection.cursor() as cursor:
        cursor.execute(BROKEN)
        row = cursor.fetchone()
    return row[0] if row else None


def last() -> tuple[int, Mark | None]:
    """How many entries there are, and the newest."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM portal_entry")
        (count,) = cursor.fetchone()
        cursor.execute("SELECT id, encode(digest, 'hex') FROM portal_entry ORDER BY id DESC LIMIT 1")
        row = cursor.fetchone()
    return count, Mark(*row) if row else None


def holds(mark: Mark) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM portal_entry WHERE id = %s AND encode(digest, 'hex') = %s", [mark.id, mark.digest]
        )
        return cursor.fetchone() is not None
