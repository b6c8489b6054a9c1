"""The reporting line: walks up it that always end, rings in it, and the lock under which it changes."""

from django.db import connection

from portal.locking import lock_until_commit
from portal.people.models import Person
from portal.people.rings import closed

# Whoever the person reports to, directly or through others. CYCLE ends the walk where a ring closes.
ABOVE_SQL = """
    WITH RECURSIVE line AS (
        SELECT id, manager_id FROM portal_person WHERE id = %s
        UNION ALL SELECT above.id, above.manager_id
            FROM portal_person AS above JOIN line ON above.id = line.manager_id
    ) CYCLE id SET again USING way
    SELECT id FROM line WHERE NOT again
"""


def hold() -> None:
    """Until the transaction ends nobody else changes who reports to whom. What was read before may be stale."""
    lock_until_commit("reporting line")


def with_all_above(person: Person) -> set[int]:
    """The person and everybody whom they report to, as the database has it now."""
    with connection.cursor() as cursor:
        cursor.execute(ABOVE_SQL, [person.pk])
        return {pk for (pk,) in cursor}


def rings() -> list[list[Person]]:
    """People who report to each other in a ring, each ring from its lowest number on. There should be none."""
    line = dict(Person.objects.exclude(manager=None).order_by("pk").values_list("pk", "manager_id"))
    found = closed(line, line)
    people = Person.objects.in_bulk([pk for ring in found for pk in ring]) if found else {}
    return [[people[pk] for pk in ring] for ring in found]
