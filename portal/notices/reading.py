"""Notices are read: once, and then no page counts them. Nobody else's business, so no event of the trail."""

from django.db import connection, transaction
from django.db.models.functions import Now

from portal import words
from portal.notices import kinds
from portal.notices.models import Notice
from portal.people.models import Person

MOST = words.MANY  # counted
NEWEST = 2**63 - 1  # what PostgreSQL takes for a number
COUNT = """
    SELECT count(*), count(*) FILTER (WHERE kind = ANY(%s)) FROM (
        SELECT kind FROM portal_notice WHERE person_id = %s AND read_at IS NULL AND settled_at IS NULL LIMIT %s
    ) AS unread
"""


def unread(person: Person) -> tuple[int, int]:
    """How many notices the person has not read, ``MOST`` at most, and how many of them another link counts too."""
    waits = [kind.name for kind in kinds.known() if kind.waits]
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [waits, person.pk, MOST])
        found: tuple[int, int] = cursor.fetchone()
    return found


def read(notice: Notice) -> None:
    Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=Now())


@transaction.atomic
def read_all(person: Person, upto: int) -> None:
    """All that were there when the page was drawn. One that is being settled needs nobody, and is left alone."""
    mine = Notice.objects.visible_to(person).unread().filter(pk__lte=upto)
    rows = mine.select_for_update(skip_locked=True).values_list("pk", flat=True)
    Notice.objects.filter(pk__in=list(rows)).update(read_at=Now())
