"""Wake: what a task waits for beside people. Code looks at it, so neither a worker nor a model waits for that."""

from django.db import models
from django.db.models.functions import Now

from agents.queue.models import Call, Task
from agents.queue.states import TaskState
from portal.reasons import Stored, because
from portal.validation import within

LONGEST = 7 * 86_400  # seconds that a task waits for one thing


class WakeQuerySet(models.QuerySet["Wake"]):
    def open(self) -> "WakeQuerySet":
        return self.filter(ended_at__isnull=True)

    def due(self) -> "WakeQuerySet":
        return self.open().filter(due_at__lte=Now())

    def of(self, task: Task) -> "WakeQuerySet":
        return self.filter(call__task=task)

    def hears(self, connection: int, about: str) -> "WakeQuerySet":
        """Those that wait there for what ``about`` names; without a name all that wait there."""
        rows = self.open().filter(call__connection=connection)
        return rows.filter(about=about) if about else rows


class Wake(models.Model):
    """A call that goes on in its system, until it ends or ``until``. Times are the database's.

    ``looks`` counts them, and fences: who looked stores nothing once somebody else began to. What it knows of its
    system goes when it ends.
    """

    call = models.OneToOneField(Call, models.CASCADE, related_name="wake")
    says = models.CharField(max_length=200, blank=True)
    about = models.CharField(max_length=200, blank=True)
    cursor = models.JSONField(null=True)
    last = models.BooleanField(default=False)
    pause = models.FloatField(default=0.0)
    longest = models.FloatField()
    due_at = models.DateTimeField()
    until = models.DateTimeField()
    looks = models.PositiveIntegerField(default=0)
    looked_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True)  # why the last look saw nothing
    made_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    objects = WakeQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        constraints = [within("pause", 0, LONGEST), within("longest", 1, LONGEST)]
        indexes = [
            models.Index(fields=["due_at"], name="wake_due", condition=models.Q(ended_at__isnull=True)),
            models.Index(fields=["about"], name="wake_about", condition=models.Q(ended_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"what call {self.call_id} waits for"

    def close(self) -> None:
        """What it knows of its system goes. Who ends it holds its task's row."""
        Wake.objects.open().filter(pk=self.pk).update(**ENDED)

    @property
    def reason(self) -> Stored:
        return because("task_awaits", what=self.says, until=self.until.isoformat())


def first_open(task: Task) -> Wake | None:
    return Wake.objects.open().of(task).first()


def show(task: Task) -> None:
    """The row of a task that waits, for lists: what it waits for, once that is no person."""
    wake = first_open(task)
    if wake is not None:
        Task.objects.filter(pk=task.pk, state=TaskState.WAITING).update(waits=wake.reason)


def end(task: Task) -> None:
    """It waits for nothing any more."""
    Wake.objects.open().of(task).update(**ENDED)


ENDED: dict[str, object] = {"ended_at": Now(), "says": "", "about": "", "cursor": None, "trouble": ""}
