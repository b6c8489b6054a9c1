"""Tally: how many entries of the trail there were of one kind, added up as they are sealed."""

from django.db import connection, models, transaction

from portal.audit.seals import Seal
from portal.locking import lock_until_commit

# ``code``: the portal's own code for why, where an entry has one; never words of a person or a model.
COUNT = """
    WITH fresh AS (
        SELECT number, covers FROM portal_seal WHERE number > %(upto)s ORDER BY number LIMIT 50),
    found AS (
        SELECT event, coalesce(substring(
            coalesce(details->'why'->>'code', details->'reason'->>'code') FROM '^[a-z_]{1,60}$'), '') AS code,
            count(*) AS number
        FROM fresh, unnest(covers::int8multirange) AS part
        JOIN portal_entry ON id >= lower(part) AND id < upper(part) GROUP BY 1, 2)
    INSERT INTO portal_tally (event, code, number, upto)
    SELECT event, code, number, (SELECT max(fresh.number) FROM fresh) FROM found
    ON CONFLICT (event, code) DO UPDATE
        SET number = portal_tally.number + excluded.number, upto = excluded.upto
"""


class Tally(models.Model):
    """``upto``: the last seal that is in it. The row without an event says from which seal on entries are counted."""

    event = models.CharField(max_length=60)
    code = models.CharField(max_length=60)
    number = models.BigIntegerField(default=0)
    upto = models.BigIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["event", "code"], name="tally_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.event}"


def count() -> None:
    """Add what was sealed since the last time, in pieces."""
    while _some():
        pass


def _some() -> bool:
    with transaction.atomic():
        lock_until_commit("portal_tally")
        upto = Tally.objects.aggregate(models.Max("upto"))["upto__max"]
        if upto is None:
            first = Seal.objects.aggregate(models.Max("number"))["number__max"] or 0
            Tally.objects.create(event="", code="", upto=first)
            return False
        with connection.cursor() as cursor:
            cursor.execute(COUNT, {"upto": upto})
            return bool(cursor.rowcount)


def numbers() -> dict[tuple[str, str], int]:
    """How many entries there were, by event and code."""
    rows = Tally.objects.exclude(event="").values_list("event", "code", "number")
    return {(event, code): number for event, code, number in rows}
