"""What asks and unclear calls share: who sees them, who answers, until when they are open."""

from datetime import datetime
from typing import Self, TypeVar

from django.db import models
from django.utils import timezone

from agents.connections.models import Connection
from agents.connectors import always_second
from portal.people.models import Person

OPEN = "open"
Row = TypeVar("Row", bound=models.Model)


class AskedQuerySet(models.QuerySet[Row]):
    """Rows about one ``call``, with ``second_person``, ``state`` and ``expires_at``."""

    def visible_to(self, person: Person) -> Self:
        """Those of one's own tasks, and those that wait for a second person on connections where one approves."""
        return self.filter(models.Q(call__task__person=person) | self._second(person))

    def answerable_by(self, person: Person) -> Self:
        """Those that this person may answer. Nobody is the second person in their own task.

        Where a capability always wants one, the agent's owner is none either: they made what asks.
        """
        own = models.Q(call__task__person=person)
        owned = models.Q(call__capability__in=always_second(), call__task__agent__owner=person)
        return self.filter(models.Q(own, second_person=False) | (self._second(person) & ~own & ~owned))

    @staticmethod
    def _second(person: Person) -> models.Q:
        approving = Connection.objects.approvable_by(person).values("pk")
        return models.Q(second_person=True, call__connection__in=approving)

    def open(self, now: datetime | None = None) -> Self:
        """Still to be answered: one past its end is not, swept or not."""
        return self.filter(state=OPEN, expires_at__gt=now or timezone.now())

    def closed(self) -> Self:
        """Those that take no answer any more."""
        return self.exclude(state=OPEN, expires_at__gt=timezone.now())

    def overdue(self) -> Self:
        return self.filter(state=OPEN, expires_at__lte=timezone.now())
