"""Queries of tasks: who sees them, which are under way, which were lost. Their moves are single UPDATEs."""

from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models.functions import Left, Now
from django.utils import timezone

from agents.authority import operating
from agents.connections.models import Connection
from agents.queue.shares import TaskShare
from agents.queue.states import AT_WORK, ENDED, UNDER_WAY, TaskState, sources
from portal.people.models import Person


class TaskQuerySet(models.QuerySet[Any]):
    """Of tasks, whose model is made with it."""

    def visible_to(self, person: Person) -> "TaskQuerySet":
        """One's own tasks, and those that their person shares with one (their texts show to the own person only)."""
        return self.filter(models.Q(person=person) | models.Q(pk__in=TaskShare.objects.open_to(person)))

    def stoppable_by(self, person: Person) -> "TaskQuerySet":
        """Those that one sees, and those whose ask one answers as a second person."""
        asked = models.Q(calls__approval__second_person=True) & models.Q(
            calls__connection__in=Connection.objects.approvable_by(person).values("pk")
        )
        seen = self.visible_to(person).order_by().values("pk")
        return self.filter(
            models.Q(pk__in=seen) | models.Q(pk__in=self.filter(asked).order_by().values("pk"))
        )

    def under_way(self) -> "TaskQuerySet":
        return self.filter(state__in=UNDER_WAY)

    def barred(self) -> "TaskQuerySet":
        """Under way, and their person may not operate the agent now."""
        return self.under_way().exclude(operating("person_id", "agent_id"))

    def authorised(self) -> "TaskQuerySet":
        return self.filter(operating("person_id", "agent_id"))

    def ended(self) -> "TaskQuerySet":
        return self.filter(state__in=ENDED)

    def for_lists(self) -> "TaskQuerySet":
        """With agent and person, and of the texts only how the instruction begins (``opening``)."""
        rows = self.select_related("agent", "person").defer("instruction", "result")
        return rows.annotate(opening=Left("instruction", 200))  # type: ignore[no-any-return]  # a row with one field more

    def move(self, to: TaskState, **changes: object) -> int:
        """Bring these tasks to ``to`` where the state table allows it; how many there were. One UPDATE."""
        given = {"state": to, "changed_at": timezone.now(), **changes}
        return self.filter(state__in=sources(to)).update(**given)

    def due(self) -> "TaskQuerySet":
        """In the queue, and not put off to a later moment."""
        later = models.Q(due_at__isnull=True) | models.Q(due_at__lte=Now())
        return self.filter(later, state=TaskState.QUEUED)

    def for_hands(self) -> "TaskQuerySet":
        """Those that a process of a pool goes on with."""
        return self.filter(asks_model=False)

    def for_models(self) -> "TaskQuerySet":
        """Those whose next step is a model's answer, which no process of a pool waits for."""
        return self.filter(asks_model=True)

    def in_order(self) -> "TaskQuerySet":
        """As their turns come."""
        return self.order_by("turn", "pk")

    def put_off(self) -> "TaskQuerySet":
        """In the queue, and waits, or waited, for trouble to pass."""
        return self.filter(state=TaskState.QUEUED, due_at__isnull=False)

    def unclaimed(self, since: timedelta) -> "TaskQuerySet":
        """Queued, and their message was sent longer than ``since`` ago: it may be lost."""
        return self.filter(state=TaskState.QUEUED, sent_at__lt=Now() - since)

    def at_work(self) -> "TaskQuerySet":
        """A worker has them, or had them and is gone."""
        return self.filter(state__in=AT_WORK)

    def abandoned(self) -> "TaskQuerySet":
        """The last resort: their worker may hold its lock, and has not renewed its lease."""
        return self.at_work().filter(lease_until__lt=Now())
