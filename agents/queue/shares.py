"""TaskShare: a person lets a reader, or the agent's managers, see one task for a week."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from agents.registry.models import Agent
from portal.people.models import Person

SHARED_FOR = timedelta(days=7)


class TaskShareQuerySet(models.QuerySet["TaskShare"]):
    def open(self) -> "TaskShareQuerySet":
        return self.filter(ended_at__isnull=True, until__gt=timezone.now())

    def open_to(self, person: Person) -> models.QuerySet["TaskShare", int]:
        """The numbers of the tasks that are shared with this person now, also as a manager of their agent."""
        managed = Agent.objects.managed_by(person).values("pk")
        theirs = models.Q(reader=person) | models.Q(reader__isnull=True, task__agent__in=managed)
        return self.open().filter(theirs).order_by().values_list("task_id", flat=True)


class TaskShare(models.Model):
    """Lets one reader, or the agent's managers (``reader`` is null), see one task for a while."""

    task = models.ForeignKey("agents.Task", models.CASCADE, related_name="shares")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = TaskShareQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["task", "reader"],
                condition=models.Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="task_share_once",
            )
        ]
        indexes = [
            models.Index(fields=["reader"], name="task_share_open", condition=models.Q(ended_at__isnull=True))
        ]

    def __str__(self) -> str:
        return str(self.task)

    @property
    def with_whom(self) -> str:
        return str(self.reader) if self.reader else f"the managers of {self.task.agent}"
