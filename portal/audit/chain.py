"""Recomputes the trail in the database: every entry's digest, every seal, and that each entry is in exactly one."""

from typing import Any

from django.db import connection

from portal.reasons import Stored, because

FAULTS = {
    "trail.entry": "Entry {entry} is not as it was written, or the one before it is not.",
    "trail.removed": "Entry {entry} was removed.",
    "trail.content": "The entries {first} to {last} are not those that seal {seal} was made of.",
    "trail.seal": "Seal {seal} is not as it was made, or the one before it is not.",
    "trail.inserted": "Entry {entry} was put in later: no seal holds it.",
}
SEALS = """
    SELECT number FROM (
        SELECT s.number, s.number <> coalesce(lag(s.number) OVER w, 0) + 1
            OR s.digest IS DISTINCT FROM portal_seal_digest(s, lag(s.digest) OVER w) AS broken
        FROM portal_seal AS s WINDOW w AS (ORDER BY s.number)
    ) AS chain WHERE broken ORDER BY number LIMIT 1
"""
# Of segments that are archived the entries are in files; see ``archive``.
CONTENT = """
    SELECT s.number, count(e.id) < s.entries, min(e.id) FILTER (WHERE e.broken), s.covers
    FROM portal_seal AS s LEFT JOIN LATERAL (
        SELECT one.id, one.digest, s.rule = 2 AND one.digest IS DISTINCT FROM portal_entry_digest(one, NULL) AS broken
        FROM unnest(s.covers::int8multirange) AS r
            JOIN portal_entry AS one ON one.id >= lower(r) AND one.id < upper(r)
    ) AS e ON true
    WHERE s.segment NOT IN (SELECT segment FROM portal_archivedsegment)
    GROUP BY s.number
    HAVING min(e.id) FILTER (WHERE e.broken) IS NOT NULL OR count(e.id) <> s.entries
        OR sha256(string_agg(e.digest, ''::bytea ORDER BY e.id)) IS DISTINCT FROM s.content
    ORDER BY s.number LIMIT 1
"""
# The trail of before seals, each entry chained to the one before it.
CHAINED = """
    SELECT id FROM (
        SELECT e.id, e.digest, portal_entry_digest(e, lag(e.digest) OVER (ORDER BY e.id)) AS fits
        FROM portal_entry AS e WHERE e.id <= (SELECT max(top) FROM portal_seal WHERE rule = 1)
    ) AS chain WHERE digest IS DISTINCT FROM fits ORDER BY id LIMIT 1
"""
REMOVED = """
    SELECT min(n) FROM portal_seal, unnest(covers::int8multirange) AS r, generate_series(lower(r), upper(r) - 1) AS n
    WHERE number = %s AND NOT EXISTS (SELECT FROM portal_entry WHERE id = n)
"""
LOOSE = """
    WITH sealed AS (SELECT range_agg(r) AS all_of_it FROM portal_seal, unnest(covers::int8multirange) AS r),
        last AS (SELECT top, missing::int8multirange FROM portal_seal ORDER BY number DESC LIMIT 1)
    SELECT min(id) FROM portal_entry, sealed, last
    WHERE id <= top AND NOT id <@ all_of_it AND NOT id <@ missing
"""
TAIL = """
    SELECT min(e.id) FROM portal_entry AS e
    WHERE id > coalesce((SELECT max(top) FROM portal_seal), 0) AND digest IS DISTINCT FROM portal_entry_digest(e, NULL)
"""
COUNTS = """
    SELECT (SELECT count(*) FROM portal_entry), coalesce(sum(entries), 0),
        coalesce(sum(entries) FILTER (WHERE segment IN (SELECT segment FROM portal_archivedsegment)), 0)
    FROM portal_seal
"""
HOLDS = """
    SELECT 1 FROM portal_seal WHERE number = %(number)s AND encode(digest, 'hex') = %(digest)s
    UNION ALL SELECT 1 FROM portal_entry WHERE id = %(number)s AND encode(digest, 'hex') = %(digest)s
        AND id <= (SELECT max(top) FROM portal_seal WHERE rule = 1)
"""


def fault() -> Stored:
    """The first thing that is wrong, nothing if the trail is whole."""
    if entry := _one(CHAINED) or _one(TAIL):
        return because("trail.entry", entry=entry)
    if seal := _one(SEALS):
        return because("trail.seal", seal=seal)
    if row := _row(CONTENT):
        number, fewer, entry, covers = row
        if fewer:
            return because("trail.removed", entry=_one(REMOVED, number))
        if entry:
            return because("trail.entry", entry=entry)
        first, last = covers.strip("{[)}").split(",")[0], covers.strip("{[)}").split(",")[-1]
        return because("trail.content", seal=number, first=int(first), last=int(last) - 1)
    if entry := _one(LOOSE):
        return because("trail.inserted", entry=entry)
    return {}


def counts() -> tuple[int, int, int]:
    """How many entries are here, how many of them no seal holds yet, and how many are archived."""
    here, sealed, archived = map(int, _row(COUNTS) or ())
    return here, here - (sealed - archived), archived


def holds(number: int, digest: str) -> bool:
    """Is this seal here? If it was written down elsewhere, that shows that the trail was not cut short."""
    return _row(HOLDS, {"number": number, "digest": digest}) is not None


def _one(sql: str, *values: int) -> int | None:
    return (_row(sql, values or None) or [None])[0]


def _row(sql: str, values: Any = None) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row
