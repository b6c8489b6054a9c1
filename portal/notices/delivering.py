"""Sends what is due: at least once, each person's in order, and nothing whose matter is settled.

A worker takes all that is due to one person by one channel by moving ``due_at`` on. While it has them, and while they
wait for another try, nothing later overtakes them. If it dies they are due again. It sends outside of a transaction.
"""

import logging
import random
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone

from portal import addresses
from portal.notices import channels, kinds, settling
from portal.notices.channels import Away, Channel, Refused, Shown
from portal.notices.kinds import Kind
from portal.notices.models import MOST_TRIES, UNSENT, Delivery, Outage
from portal.reasons import Reader, Stored, because, public, render_reason
from portal.sessions import database_now

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=3)  # longer than a channel takes to send
SLICE = 20.0  # seconds of one run for each channel
AT_ONCE = 100  # notices in one message
FIRST, LONGEST = 10.0, 900.0  # seconds until the second try, and at most until another
ASKED_AT_MOST = 24 * 3600.0  # that another system may make us wait
GIVE_UP = timedelta(days=7)  # after which what never reached one person is left to the portal
OUTSIDE = Reader(own=False)
REASONS = {
    "notice_no_way": "It could not reach you this way.",
    "notice_read": "You had read it in the portal.",
    "notice_gave_up": "It was tried for a week.",
    "notice_broke": "The channel broke.",
}

# The first that is due to a person and waits behind nothing that another worker has or that waits for another try.
# Subqueries of one value are no joins: a queue that grew since its last ANALYZE is not read whole for each claim.
CLAIM = """
    WITH first AS (
        SELECT person_id FROM portal_delivery AS one
        WHERE channel = %(channel)s AND sent_at IS NULL AND dropped_at IS NULL AND due_at <= %(now)s
            AND (SELECT id FROM portal_delivery AS other
                WHERE other.person_id = one.person_id AND other.channel = %(channel)s
                    AND other.sent_at IS NULL AND other.dropped_at IS NULL
                    AND (other.id < one.id AND other.due_at <= %(now)s
                        OR other.tries > 0 AND other.due_at > %(now)s)
                LIMIT 1) IS NULL
        ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    UPDATE portal_delivery SET due_at = %(until)s, tries = least(tries + 1, %(tries)s)
    WHERE id = ANY(ARRAY(
        SELECT id FROM portal_delivery
        WHERE person_id = (SELECT person_id FROM first) AND channel = %(channel)s
            AND sent_at IS NULL AND dropped_at IS NULL AND due_at <= %(now)s
        ORDER BY id LIMIT %(most)s))
    RETURNING id
"""


def deliver(seconds: float = SLICE) -> int:
    """Send what is due, for so long by each channel. How many notices went out."""
    now = database_now()
    away = {row.channel: row for row in Outage.objects.all()}
    ways = [way for way in channels.ready() if way.name not in away or away[way.name].over(now)]
    return sum(_by(way, seconds, was_away=way.name in away) for way in ways)


def _by(way: Channel, seconds: float, *, was_away: bool) -> int:
    end, sent = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        found = _claim(way)
        if not found:
            break
        try:
            sent += _send(way, found)
        except Away as away:
            _outage(way, away, found)
            break
        if was_away and sent:
            _back(way)
            was_away = False
    return sent


def _claim(way: Channel) -> list[int]:
    now = database_now()
    values: dict[str, Any] = {
        "channel": way.name,
        "now": now,
        "until": now + LEASE,
        "most": AT_ONCE,
        "tries": MOST_TRIES,
    }
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, values)
        return [number for (number,) in cursor.fetchall()]


def _send(way: Channel, claimed: list[int]) -> int:
    """Send what still needs its person. Raises Away where the whole channel is."""
    rows = _wanted(claimed)
    if not rows:
        return 0
    person, mine = rows[0].person, _rows([row.pk for row in rows])
    try:
        if not (person.is_active and way.may(person)):
            raise Refused(because("notice_no_way"))
        way.send(person, [shown(row) for row in rows])
    except Refused as refused:
        mine.update(dropped_at=database_now(), trouble=public(refused.why) or because("notice_no_way"))
        return 0
    except Away as away:
        if away.everybody:
            raise
        _again(rows, away.retry_after, away.why)
        return 0
    except Exception:  # a channel is a plug-in's code: what breaks it holds up nobody else
        log.exception("%s broke; what it was to send is tried again", way.name)
        _again(rows, None, because("notice_broke"))
        return 0
    mine.update(sent_at=database_now(), trouble={})
    return len(rows)


def _rows(numbers: Sequence[int]) -> QuerySet[Delivery]:
    return Delivery.objects.filter(UNSENT, pk__in=numbers)


def _wanted(claimed: list[int]) -> list[Delivery]:
    """Of those, what its person has not read and what is not settled, oldest first. The rest is dropped."""
    rows = list(_rows(claimed).select_related("notice", "person").order_by("notice_id"))
    over = settling.gone(row.notice for row in rows)
    wanted = [
        row
        for row in rows
        if row.notice.unread and row.notice_id not in over and kinds.named(row.notice.kind)
    ]
    if left := [row.pk for row in rows if row not in wanted]:
        _rows(left).update(dropped_at=database_now(), trouble=because("notice_read"))
    return wanted


def shown(row: Delivery) -> Shown:
    """The notice as it leaves the portal."""
    notice, kind = row.notice, kinds.named(row.notice.kind)
    with timezone.override(ZoneInfo(row.person.time_zone)):
        text = render_reason(public(notice.reason), OUTSIDE)
    return Shown(
        id=notice.pk,
        kind=notice.kind,
        title=kind.title if kind else "",
        text=text,
        link=kind.link(row.person)
        if kind and kind.link
        else addresses.absolute(reverse("notices:open", args=[notice.pk])),
        made_at=notice.made_at,
        urgent=bool(kind and kind.urgent),
        press=kind.press if kind else Kind.press,
        fixed=bool(kind and kind.link),
    )


def _again(rows: list[Delivery], retry_after: float | None, why: Stored) -> None:
    """Later, all of them together. What was tried for a week is left to the portal."""
    now = database_now()
    old = [row.pk for row in rows if row.notice.made_at < now - GIVE_UP]
    _rows(old).update(dropped_at=now, trouble=because("notice_gave_up"))
    wait = pause(max(row.tries for row in rows), retry_after)
    _rows([row.pk for row in rows]).update(due_at=now + wait, trouble=public(why))


def _outage(way: Channel, away: Away, claimed: list[int]) -> None:
    """Nothing is sent by this channel for a while. What it had is due as before, and in its old order."""
    now = database_now()
    row, made = Outage.objects.get_or_create(channel=way.name, defaults={"since": now, "until": now})
    tries = 1 if made else min(row.tries + 1, MOST_TRIES)
    Outage.objects.filter(pk=way.name).update(tries=tries, until=now + pause(tries, away.retry_after))
    _rows(claimed).update(due_at=now, trouble=public(away.why), tries=F("tries") - 1)
    if made:
        log.warning("%s is away; what is to be sent by it waits", way.name)


def _back(way: Channel) -> None:
    Outage.objects.filter(pk=way.name).delete()
    log.warning("%s is back", way.name)


def pause(tries: int, asked: float | None = None) -> timedelta:
    """Until the next try: twice as long each time, not all at the same moment, and not sooner than was asked for."""
    doubled = min(FIRST * 2 ** min(tries - 1, 20), LONGEST) * random.uniform(0.75, 1.25)  # noqa: S311
    return timedelta(seconds=max(doubled, min(asked or 0.0, ASKED_AT_MOST)))


def waiting(channel: str) -> dict[str, Any]:
    """Since when a channel is away, and how many notices wait for it, for the page that shows it."""
    row = Outage.objects.filter(pk=channel).first()
    return (
        {"since": row.since, "number": Delivery.objects.filter(UNSENT, channel=channel).count()}
        if row
        else {}
    )
