"""Schedule: when a task is queued by itself. Run: what became of one time, event or click. Arrival: what happened."""

import uuid
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone

from agents.connections.models import Connection
from agents.permissions import SchedulePermission
from agents.queue.models import Task
from agents.queue.states import UNDER_WAY
from agents.queue.tags import Tag
from agents.registry.models import Agent
from agents.schedules import words
from agents.schedules.tags import RUNS, SCHEDULES
from portal.people.models import Person
from portal.validation import within

MOST_MICROS = 10**12
MOST_HOURLY = 12  # runs an hour that events may start
HOOK = "hook"  # the event that is a signed web hook, and needs no connection


class ScheduleQuerySet(models.QuerySet["Schedule"]):
    def visible_to(self, person: Person) -> "ScheduleQuerySet":
        """One's own: what somebody has an agent do, and how often, is theirs."""
        return self.filter(person=person)

    def on(self) -> "ScheduleQuerySet":
        return self.filter(state=Schedule.State.ON)

    def paused(self) -> "ScheduleQuerySet":
        return self.filter(state=Schedule.State.PAUSED)

    def asking(self) -> "ScheduleQuerySet":
        """With a late run that waits for an answer."""
        return self.filter(
            models.Exists(Run.objects.filter(schedule=models.OuterRef("pk"), state=Run.State.ASKS))
        )

    def living(self) -> "ScheduleQuerySet":
        return self.exclude(state=Schedule.State.ENDED)

    def due(self, now: datetime) -> "ScheduleQuerySet":
        return self.on().filter(next_at__lte=now)

    def due_within(self, start: datetime, end: datetime) -> "ScheduleQuerySet":
        """Switched on and due at least once between the two moments: tonight, the coming week."""
        return self.on().filter(next_at__gte=start, next_at__lt=end)

    def on_events(self) -> "ScheduleQuerySet":
        return self.on().filter(kind=Schedule.Kind.EVENT)

    def for_reading(self) -> "ScheduleQuerySet":
        return self.select_related("agent", "person", "connection")


class Schedule(models.Model):
    """Of one person and one agent. Born switched off; it always ends. Money is in micro-units of the currency."""

    class Kind(models.TextChoices):
        TIMES = "times", "At times"
        ONCE = "once", "Once"
        EVENT = "event", "When something happens"

    class State(models.TextChoices):
        OFF = "off", "Switched off"
        ON = "on", "On"
        PAUSED = "paused", "Paused"
        ENDED = "ended", "Ended"

    class Misfire(models.TextChoices):
        SKIP = "skip", "Leave it out"
        LATE = "late", "Run it late"
        ASK = "ask", "Ask me"

    class Uncleared(models.TextChoices):
        PARK = "park", "Wait for my answer"
        SKIP = "skip", "Go on without"
        FAIL = "fail", "End the task"

    agent = models.ForeignKey(Agent, models.PROTECT, related_name="schedules")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="schedules")
    instruction = models.TextField(max_length=20_000)
    envelope = models.JSONField()  # as a task's
    kind = models.CharField(max_length=5, choices=Kind.choices)
    line = models.CharField(max_length=100, blank=True)  # a cron line of five fields
    once_at = models.DateTimeField(null=True)
    zone = models.CharField(max_length=64, default="UTC")
    # On an event: which (``connectors.base.EventKind``, or ``HOOK``), where, and from where on it was looked at.
    event = models.CharField(max_length=60, blank=True)
    connection = models.ForeignKey(Connection, models.PROTECT, null=True, related_name="schedules")
    place = models.CharField(max_length=200, blank=True)
    cursor = models.JSONField(null=True)
    looked_at = models.DateTimeField(null=True)
    look_failed = models.BooleanField(default=False)
    hourly = models.PositiveSmallIntegerField(default=4)
    hook = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)  # names it in the hook's address
    signing_key = models.BinaryField(null=True)  # encrypted
    ends_at = models.DateTimeField()
    run_micros = models.PositiveBigIntegerField()
    month_micros = models.PositiveBigIntegerField()
    misfire = models.CharField(max_length=4, choices=Misfire.choices, default=Misfire.SKIP)
    late_minutes = models.PositiveSmallIntegerField(default=60)
    uncleared = models.CharField(max_length=4, choices=Uncleared.choices, default=Uncleared.PARK)
    state = models.CharField(max_length=6, choices=State.choices, default=State.OFF)
    cause = models.JSONField(default=dict, blank=True)  # why it paused or ended: a code with parameters
    next_at = models.DateTimeField(null=True)
    on_at = models.DateTimeField(null=True)  # when it was last switched on, or resumed
    was_live = models.BooleanField(default=False)  # its agent acted for real then
    checked_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(default=timezone.now)
    state_at = models.DateTimeField(default=timezone.now)
    texts_gone_at = models.DateTimeField(null=True)

    objects = ScheduleQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["next_at"], name="schedule_due", condition=models.Q(state="on")),
            models.Index(fields=["person", "-id"], name="schedule_person"),
        ]
        constraints = [
            within("run_micros", 1, MOST_MICROS),
            within("month_micros", 1, MOST_MICROS),
            within("late_minutes", 1, 1_440),
            within("hourly", 1, MOST_HOURLY),
            models.CheckConstraint(
                condition=(models.Q(kind="times", once_at__isnull=True, event="") & ~models.Q(line=""))
                | models.Q(kind="once", once_at__isnull=False, event="", line="")
                | (models.Q(kind="event", once_at__isnull=True, line="") & ~models.Q(event="")),
                name="schedule_has_one_when",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="on") | models.Q(kind="event") | models.Q(next_at__isnull=False),
                name="schedule_on_is_due",
            ),
            models.CheckConstraint(
                condition=models.Q(state="on") | models.Q(next_at__isnull=True),
                name="schedule_off_is_not_due",
            ),
        ]

    def __str__(self) -> str:
        return f"schedule {self.pk} of {self.agent}"

    def get_absolute_url(self) -> str:
        return reverse("schedules:detail", args=[self.pk])

    def permits(self, person: Person, permission: str) -> bool:
        return permission in SchedulePermission.values and self.person_id == person.pk

    def refuse_overlap(self) -> None:
        """Raises ValidationError while a run is under way."""
        if self.runs.under_way().exists():
            raise ValidationError("A run of it is under way. It never runs twice at once.")

    @property
    def ended(self) -> bool:
        return self.state == Schedule.State.ENDED

    @property
    def running(self) -> bool:
        return self.state == Schedule.State.ON

    @property
    def tag(self) -> Tag:
        return SCHEDULES[self.state]

    @property
    def by_hook(self) -> bool:
        return self.event == HOOK

    @property
    def times_in_words(self) -> str:
        """``every weekday at 06:00``; of an event nothing: ``events.in_words`` knows those."""
        return words.in_words(self.line) if self.line else ""


class RunQuerySet(models.QuerySet["Run"]):
    def visible_to(self, person: Person) -> "RunQuerySet":
        return self.filter(schedule__person=person)

    def under_way(self) -> "RunQuerySet":
        return self.filter(task__state__in=UNDER_WAY)

    def with_tasks(self) -> "RunQuerySet":
        return self.filter(task__isnull=False)

    def for_reading(self) -> "RunQuerySet":
        return self.select_related("schedule__agent", "task")


class Run(models.Model):
    """What became of a time at which a schedule was due, of an event, or of a click. Each has one run at most.

    A row without a task says why there is none; of an outage one row stands for ``number`` times, the last ``until``.
    """

    class How(models.TextChoices):
        TIME = "time", "on time"
        EVENT = "event", "after an event"
        HAND = "hand", "by hand"

    class State(models.TextChoices):
        RAN = "ran", "Ran"
        ASKS = "asks", "Waits for your answer"
        MISSED = "missed", "Missed"
        SKIPPED = "skipped", "Skipped"
        OVERLAPPED = "overlap", "Left out"

    schedule = models.ForeignKey(Schedule, models.PROTECT, related_name="runs")
    key = models.CharField(max_length=80)
    how = models.CharField(max_length=5, choices=How.choices)
    state = models.CharField(max_length=7, choices=State.choices)
    slot = models.DateTimeField()
    until = models.DateTimeField(null=True)
    number = models.PositiveIntegerField(default=1)
    cause = models.JSONField(default=dict, blank=True)
    task = models.OneToOneField(Task, models.PROTECT, null=True, related_name="run")
    at = models.DateTimeField(auto_now_add=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ["-slot", "-id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["schedule", "key"], name="run_once"),
            models.UniqueConstraint(
                fields=["schedule"], condition=models.Q(state="asks"), name="run_asks_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state="ran", task__isnull=False)
                | (~models.Q(state="ran") & models.Q(task__isnull=True)),
                name="run_ran_has_a_task",
            ),
            within("number", 1, 10**7),
        ]
        indexes = [models.Index(fields=["schedule", "-slot"], name="run_of_schedule")]

    def __str__(self) -> str:
        return f"run of {self.schedule}"

    def permits(self, person: Person, permission: str) -> bool:
        return self.schedule.permits(person, permission)

    @property
    def tag(self) -> Tag:
        return self.task.tag if self.task else RUNS[self.state]


class Arrival(models.Model):
    """An event that a schedule waited for. ``text`` is an outsider's: it goes to a task as text to work on."""

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="arrivals")
    key = models.CharField(max_length=200)
    text = models.TextField(max_length=20_000, blank=True)
    happened_at = models.DateTimeField()
    at = models.DateTimeField(default=timezone.now)
    run = models.ForeignKey(Run, models.CASCADE, null=True, related_name="arrivals")

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["schedule", "key"], name="arrival_once")]
        indexes = [
            models.Index(fields=["schedule", "at"], name="arrival_lately"),
            models.Index(fields=["schedule"], name="arrival_open", condition=models.Q(run__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"event for {self.schedule}"
