"""Notices by the day on which they were made, as the reader's calendar has it."""

from collections.abc import Iterable
from itertools import groupby

from django.utils import timezone

from portal import words
from portal.notices.models import Notice


def by_day(notices: Iterable[Notice]) -> list[tuple[str, list[Notice]]]:
    """Each day's heading with its notices, in the order in which they come."""
    zone = timezone.get_current_timezone()
    today = timezone.now().astimezone(zone).date()

    def heading(notice: Notice) -> str:
        ago = (today - notice.made_at.astimezone(zone).date()).days
        return {0: "Today", 1: "Yesterday"}.get(ago, "") or words.day(notice.made_at, zone)

    return [(day, list(group)) for day, group in groupby(notices, heading)]
