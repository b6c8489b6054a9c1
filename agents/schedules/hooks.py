"""Signed web hooks: who may wake a schedule from outside. What they send is text to work on, never the instruction.

A sender signs ``<time>.<body>`` with the schedule's own key (HMAC-SHA256) and sends both in one header::

    X-Portal-Signature: t=1767254400,v1=5f3c…
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction

from agents.connectors.base import Happened
from agents.events import Event
from agents.schedules import arrivals
from agents.schedules.models import Schedule
from portal.audit.record import PORTAL, action, detail
from portal.sealing import Sealed, unseal

HEADER = "X-Portal-Signature"
OLDEST = timedelta(minutes=5)  # that a signature may be, and as far as clocks may differ
LARGEST = 16_000  # bytes of a body
HOURLY = 60  # deliveries to one schedule
SIGNATURE = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP status and a sentence for the sender's log."""

    status: int
    text: str


NO = Answer(401, "There is no such web hook, or the signature is not its own.")
OLD = Answer(401, "The signature is too old, or its time is in the future. Sign when you send.")
LARGE = Answer(413, f"A body has {LARGEST:,} bytes at most.")
AGAIN = Answer(409, "This was delivered already.")
OFF = Answer(409, "The schedule is not on, so nothing was done.")
MANY = Answer(429, f"At most {HOURLY} deliveries an hour.")
TAKEN = Answer(202, "Taken.")


def sign(key: str, at: datetime, body: bytes) -> str:
    """The header's value."""
    seconds = int(at.timestamp())
    return f"t={seconds},v1={_digest(key, seconds, body)}"


def deliver(hook: UUID, header: str, body: bytes, now: datetime) -> Answer:
    """Nothing is said about a schedule before the signature is right."""
    if len(body) > LARGEST:
        return LARGE
    schedule = Schedule.objects.filter(hook=hook, signing_key__isnull=False).first()
    match = SIGNATURE.fullmatch(header.strip())
    if schedule is None or match is None or not schedule.by_hook:
        return NO
    try:
        key = unseal(bytes(schedule.signing_key or b""))
    except Sealed:
        return NO
    if not hmac.compare_digest(_digest(key, int(match[1]), body), match[2]):
        return NO
    if abs(now - datetime.fromtimestamp(int(match[1]), UTC)) > OLDEST:
        return OLD
    return _take(schedule.pk, match[2], body, now)


def _take(pk: int, key: str, body: bytes, now: datetime) -> Answer:
    """Under the schedule's row: of two deliveries of the same one is taken, and none beyond the hour's."""
    with transaction.atomic():
        row = Schedule.objects.for_reading().select_for_update(of=("self",), no_key=True).get(pk=pk)
        if not row.running or not row.by_hook:
            return OFF
        if row.arrivals.filter(key=key).exists():
            return AGAIN
        if row.arrivals.filter(at__gt=now - arrivals.HOUR).count() >= HOURLY:
            return MANY
        _arrived(PORTAL, row, Happened(key, now, body.decode("utf-8", "replace")), now)
    return TAKEN


@action(Event.SCHEDULE_ARRIVED)
def _arrived(actor: str, schedule: Schedule, event: Happened, now: datetime) -> Schedule:
    arrivals.store(schedule, [event], now)
    detail(bytes=len(event.text))
    return schedule


def _digest(key: str, seconds: int, body: bytes) -> str:
    return hmac.new(key.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
