"""Telling people: one row for each, in the transaction of what happened. Neither function is an event of the trail."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.models import Exists, OuterRef

from portal.notices import channels, hours, kinds
from portal.notices.models import Delivery, Hours, Notice
from portal.people.models import Person
from portal.reasons import because

Told = tuple[int, int, datetime]  # notice, person, when

# The order of people is the same everywhere, so that two that tell the same people wait for each other in one order.
# A delivery for each channel that the person wants. Whether it reaches them is asked when it is due. Whoever has hours
# of their own gets theirs afterwards, since clocks are reckoned with in Python.
TELL = """
    WITH made AS (
        INSERT INTO portal_notice (person_id, kind, about_type, about_id, key, reason, link)
        SELECT id, %(kind)s, %(type)s, %(id)s, %(key)s, %(reason)s, %(link)s
        FROM portal_person WHERE id = ANY(%(people)s) AND is_active ORDER BY id
        ON CONFLICT (person_id, kind, about_type, about_id, key) WHERE settled_at IS NULL DO NOTHING
        RETURNING id, person_id, made_at),
    sent AS (
        INSERT INTO portal_delivery (notice_id, person_id, channel, due_at, tries, trouble)
        SELECT made.id, made.person_id, way.name, made.made_at, 0, '{}'
        FROM made CROSS JOIN unnest(%(ways)s::text[]) WITH ORDINALITY AS way (name, place)
        LEFT JOIN portal_choice AS choice ON choice.person_id = made.person_id
            AND choice.channel = way.name AND choice.kind = %(kind)s
        WHERE %(always)s OR coalesce(choice."on", %(outside)s)
        ORDER BY made.id, way.place
        RETURNING notice_id)
    SELECT made.id, made.person_id, made.made_at
    FROM made JOIN portal_hours ON portal_hours.person_id = made.person_id
    WHERE NOT %(urgent)s AND made.id IN (SELECT notice_id FROM sent)
"""
SETTLE = """
    WITH settled AS (
        UPDATE portal_notice SET settled_at = statement_timestamp()
        WHERE about_type = %(type)s AND about_id = ANY(%(ids)s) AND settled_at IS NULL
            AND (%(kinds)s::text[] = '{}' OR kind = ANY(%(kinds)s))
            AND (%(people)s::bigint[] IS NULL OR person_id = ANY(%(people)s))
        RETURNING id)
    UPDATE portal_delivery SET dropped_at = statement_timestamp()
    WHERE notice_id IN (SELECT id FROM settled) AND sent_at IS NULL AND dropped_at IS NULL
"""


def tell(
    people: Iterable[Person],
    kind_name: str,
    about: models.Model,
    link: str,
    *,
    key: str = "",
    **parameters: Any,
) -> None:
    """Tell each of ``people`` who is active, in the caller's transaction.

    ``link``: the path of the page that shows it. While a notice of the same person, kind, matter and ``key`` is not
    settled, the person is not told again. Hold the lock under which the matter is settled. Raises ValueError for a
    kind that no plug-in brings, parameters that its sentence has not, or a link that leads out of the portal.
    """
    kind = kinds.named(kind_name)
    if kind is None:
        raise ValueError(f"{kind_name} is no kind of notice that a plug-in brings")
    if not link.startswith("/") or link.startswith("//"):
        raise ValueError(f"{link} is no path of the portal")
    numbers = _numbers(people)
    if not numbers:
        return
    ways = [way.name for way in channels.ready() if kind.link is None or way.name == channels.LETTERS]
    values = {
        "type": _label(type(about)),
        "id": about.pk,
        "kind": kind.name,
        "key": key,
        "link": link,
        "people": numbers,
        "reason": json.dumps(because(kind.name, **parameters), cls=DjangoJSONEncoder),
        "ways": ways,
        "always": kind.link is not None,
        "outside": kind.outside,
        "urgent": kind.urgent,
    }
    with connection.cursor() as cursor:
        cursor.execute(TELL, values)
        with_hours: list[Told] = cursor.fetchall()
    if with_hours:
        _wait(with_hours)


def _numbers(people: Iterable[Person]) -> list[int]:
    """Ten thousand rows of people are not read for their numbers."""
    if isinstance(people, models.QuerySet):
        return list(people.order_by().values_list("pk", flat=True))
    return [person.pk for person in people]


def settle(
    about: models.Model | Iterable[models.Model], *kind_names: str, people: Iterable[Person] | None = None
) -> None:
    """Its matter is settled: what was told about it (only of these kinds, to these people) needs nobody any more.

    ``about``: also several rows of one table. What was not sent yet is not sent.
    """
    rows = [about] if isinstance(about, models.Model) else list(about)
    if not rows:
        return
    values = {
        "type": _label(type(rows[0])),
        "ids": [row.pk for row in rows],
        "kinds": list(kind_names),
        "people": None if people is None else [person.pk for person in people],
    }
    with connection.cursor() as cursor:
        cursor.execute(SETTLE, values)


def told(rows: type[models.Model], kind_name: str, *, settled: bool = False) -> Exists:
    """For a filter of these rows: was somebody told of that kind about each? ``settled``: also what is settled."""
    found = Notice.objects.filter(kind=kind_name, about_type=_label(rows), about_id=OuterRef("pk"))
    return Exists(found if settled else found.filter(settled_at__isnull=True))


def _label(model: type[models.Model]) -> str:
    return model._meta.concrete_model._meta.label  # type: ignore[union-attr]


def _wait(made: list[Told]) -> None:
    """Quiet hours and the hour of a digest of those who chose some."""
    wishes = _wishes(list({person for _, person, _ in made}))
    at = {notice: hours.due(made_at, wishes[person], urgent=False) for notice, person, made_at in made}
    rows = list(Delivery.objects.filter(notice__in=at))
    for row in rows:
        row.due_at = at[row.notice_id]
    Delivery.objects.bulk_update(rows, ["due_at"], batch_size=1000)


def _wishes(people: list[int]) -> dict[int, hours.Wish]:
    zones = dict(Person.objects.filter(pk__in=people).order_by().values_list("pk", "time_zone"))
    rows = Hours.objects.filter(person__in=people)
    found = {
        row.person_id: hours.Wish(zones[row.person_id], row.quiet_from, row.quiet_until, row.digest_at)
        for row in rows
    }
    return {number: found.get(number, hours.Wish(zone)) for number, zone in zones.items()}
