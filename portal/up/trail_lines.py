"""Prints what happens in the portal, line by line from the audit trail."""

import time
from collections import Counter
from datetime import datetime
from typing import Any

from django.db import Error, connection

from portal.audit.models import Entry, EntryQuerySet
from portal.embedded.postgres import Say

DECISION = "call."  # decisions on calls come by the dozen: equal ones are told together
QUIET = 1.5  # seconds after which held decisions are told, and
LONGEST = 5.0  # seconds that any is held at most
BACK = 200  # numbers that are looked at again, for what was committed late
MOST = 500  # entries read at once


class TrailLines:
    """Prints the entries that are written from now on."""

    def __init__(self, say: Say) -> None:
        self.say = say
        self.last = Entry.objects.order_by("-id").values_list("id", flat=True).first() or 0
        # Numbers are given when entries are written and seen when they are committed: one may come after a later one.
        self._told = set(self._late().values_list("id", flat=True))
        self._held: Counter[str] = Counter()
        self._first = self._latest = 0.0

    def tell(self) -> None:
        """Say what was written since the last time. A database that is away is told again later."""
        try:
            late = list(self._late().exclude(id__in=self._told))
            entries = late + list(Entry.objects.since(self.last)[:MOST])
        except Error:
            connection.close()
            return
        self._told = {number for number in self._told if number > self.last - BACK}
        now = time.monotonic()
        for entry in entries:
            self.last = max(self.last, entry.id)
            self._told.add(entry.id)
            if entry.event.startswith(DECISION):
                self._first = self._first if self._held else now
                self._latest = now
                self._held[str(entry)] += 1
            else:
                self.flush()
                self._line(f"{entry}{counts(entry.details)}")
        if self._held and (now - self._latest > QUIET or now - self._first > LONGEST):
            self.flush()

    def _late(self) -> EntryQuerySet:
        """The numbers just below the latest."""
        return Entry.objects.filter(id__gt=self.last - BACK, id__lte=self.last).order_by("id")

    def flush(self) -> None:
        for sentence, times in self._held.items():
            self._line(f"{sentence} ({times} times)" if times > 1 else sentence)
        self._held.clear()

    def _line(self, text: str) -> None:
        self.say(f"{datetime.now().astimezone():%H:%M:%S %Z}  {text}")


def counts(details: dict[str, Any]) -> str:
    """`` (read 12, labelled 12, 1 ask waiting)``, of those counts that an entry's details hold."""
    parts = [f"{word} {details[word]}" for word in ("read", "labelled", "drafted") if details.get(word)]
    if asks := details.get("asks"):
        parts.append(f"{asks} ask{'s' if asks != 1 else ''} waiting")
    return f" ({', '.join(parts)})" if parts else ""
