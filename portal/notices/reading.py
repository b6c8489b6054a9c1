"""Notices are read: once, and then no page counts them. Nobody else's business, so no event of the trail."""

from django.db import connection, transaction
from django.db.models.functions import Now

from portal.notices.models import Notice
from portal.people.models import Person

MOST = 100  # counted; what is more is shown as "99+"
COUNT = """
    SELECT count(*) FROM (
        SELECT FROM portal_notice WHERE person_id = %s AND read_at IS NULL AND settled_at IS NULL LIMIT %s) AS unread
"""


def unread(person: Person) -> int:
    """How many notices the person has not read, ``MOST`` at most."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [person.pk, MOST])
        return int(cursor.fetchone()[0])


def read(notice: Notice) -> None:
    Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=Now())


@transaction.atomic
def read_all(person: Person, upto: int) -> None:
    """All that were there when the page was drawn. One that is being settled needs nobody, and is left alone."""
    mine = Notice.objects.visible_to(person).unread().filter(pk__lte=upto)
    rows = mine.select_for_update(skip_locked=True).values_list("pk", flat=True)
    Notice.objects.filter(pk__in=list(rows)).update(read_at=Now())
