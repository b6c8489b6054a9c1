"""The whole trail checked: the chain in the database and the marks outside of it, by night and when somebody asks."""

import logging

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from portal.audit import chain, marks, seals
from portal.audit.seals import TrailCheck
from portal.notices.people import watching
from portal.notices.telling import settle, tell, told
from portal.reasons import Stored, because, render_reason

log = logging.getLogger(__name__)


def look() -> tuple[Stored, int]:
    """What is wrong, and how many marks the trail was compared with. What is whole is marked as such."""
    found, compared = marks.fault()
    found = chain.fault() or found
    if not found:
        seals.seal()
        if marks.append():
            compared += 1
    return found, compared


def check(number: int | None = None) -> TrailCheck:
    """Answer the check that was asked for by this number, or one that the clock asks for."""
    asked = TrailCheck.objects.filter(pk=number or 0, ended_at=None).first() or TrailCheck()
    try:
        asked.reason, asked.marks = look()
    except OSError as error:
        asked.reason = because("marks.unread", why=error.strerror or "the file refuses")
    asked.entries = chain.counts()[0]
    asked.ended_at = timezone.now()
    with transaction.atomic():
        asked.save()
        _tell(asked)
    if asked.reason:
        log.error("The audit trail is not as it was written: %s", render_reason(asked.reason))
    return asked


def _tell(done: TrailCheck) -> None:
    """Each check that finds something tells those who can do something about it; the newest one counts."""
    settle(list(TrailCheck.objects.filter(told(TrailCheck, "trail.changed"))), "trail.changed")
    if done.reason:
        tell(watching(), "trail.changed", done, reverse("home"))
