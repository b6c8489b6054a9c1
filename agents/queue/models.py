"""Task, its steps (one model call each) and their calls. The transcript is built from these rows."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from agents.connections.models import Connection
from agents.connectors import catalogue
from agents.grants.models import Grant
from agents.permissions import AgentPermission, TaskPermission
from agents.policy.facts import Verdict
from agents.policy.language.invisible import spelled_out
from agents.queue.states import AT_WORK, ENDED, TaskState
from agents.queue.tags import CALLS, TASKS, Tag
from agents.queue.task_querysets import TaskQuerySet
from agents.registry.models import MOST, Agent
from metering.usage.context import oldest_kept
from portal.people.models import Person
from portal.reasons import YOU, Reader, render_reason
from portal.validation import within
from portal.words import tally


class Task(models.Model):
    """One job for an agent, done for ``person``. Limits are copied from the agent when queued."""

    agent = models.ForeignKey(Agent, models.PROTECT, related_name="tasks")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="tasks")
    instruction = models.TextField(max_length=20_000)
    # Text that the person gave along: material to work on, whose words are not theirs.
    attached = models.TextField(max_length=100_000, blank=True)
    # The envelope: [[capability, connection], …] that this task may use; null in tasks older than envelopes.
    envelope = models.JSONField(null=True, blank=True)
    attended = models.BooleanField(default=False)  # a call outside the envelope asks; else it is refused
    state = models.CharField(max_length=10, choices=TaskState.choices, default=TaskState.QUEUED)
    reason = models.JSONField(default=dict, blank=True)  # why it failed: a code with parameters
    result = models.TextField(blank=True)
    max_steps = models.PositiveIntegerField()
    max_tokens = models.PositiveIntegerField()
    max_cost_micros = models.PositiveBigIntegerField()
    max_seconds = models.PositiveIntegerField()
    max_asks = models.PositiveIntegerField(default=20)
    steps_done = models.PositiveIntegerField(default=0)
    tokens = models.PositiveBigIntegerField(default=0)
    cost_micros = models.PositiveBigIntegerField(null=True)
    counts = models.JSONField(default=dict)
    seconds_worked = models.FloatField(default=0)
    # Why it waits, where for no person: ``agents.queue.wakes``, or passing trouble; of that, until when, how often.
    waits = models.JSONField(default=dict, db_default={}, blank=True)
    due_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(db_default=0)
    seconds_waited = models.FloatField(db_default=0.0)
    worker = models.CharField(max_length=120, blank=True)
    # Counts who had it: what a worker writes names its claim, and a former one's is refused (agents.queue.claims).
    claim = models.PositiveIntegerField(db_default=0)
    lease_until = models.DateTimeField(null=True)  # by the database's clock, as all times of claims
    shape = models.PositiveSmallIntegerField(db_default=1)  # how its steps are stored: ``claims.SHAPE``
    cancel_requested_at = models.DateTimeField(null=True)
    cancel_requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(db_default=Now())
    turn = models.PositiveBigIntegerField(db_default=0)  # of the queue: ``agents.queue.order``
    # What is next is a model's answer: who awaits models takes it, and no process of a pool (agents.runtime.waiting).
    asks_model = models.BooleanField(default=False, db_default=False)
    # In the queue between two steps, from one kind of process to the other.
    handed = models.BooleanField(default=False, db_default=False)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(default=timezone.now)
    keep_until = models.DateTimeField(null=True)  # its person keeps its texts longer than they are kept
    texts_gone_at = models.DateTimeField(null=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        default_permissions = ()
        constraints = [
            *(within(field, 0, most) for field, most in MOST.items()),
            within("seconds_worked", 0, 10**9),
            within("seconds_waited", 0, 10**9),
        ]
        indexes = [
            models.Index(fields=["person", "-id"], name="task_person"),
            models.Index(fields=["agent", "-id"], name="task_agent"),
            models.Index(
                fields=["asks_model", "turn", "id"],
                name="task_queue",
                condition=models.Q(state=TaskState.QUEUED),
            ),
            # Those that take a place of their agent (``agents.queue.places``), out of however many are queued.
            models.Index(
                fields=["agent"],
                name="task_taken",
                condition=models.Q(state__in=[*AT_WORK]) | models.Q(state=TaskState.QUEUED, handed=True),
            ),
            models.Index(
                fields=["state", "sent_at"],
                name="task_under_way",
                condition=models.Q(state__in=["queued", "claimed", "running", "waiting"]),
            ),
            models.Index(
                fields=["finished_at"], name="task_texts", condition=models.Q(texts_gone_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"task {self.pk} of {self.agent}"

    def get_absolute_url(self) -> str:
        return reverse("queue:detail", args=[self.pk])

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    @property
    def put_off(self) -> bool:
        """Does it wait for trouble to pass?"""
        return self.state == TaskState.QUEUED and self.due_at is not None

    @property
    def watches(self) -> bool:
        """Does it wait for something that is under way elsewhere, and for no person?"""
        return self.state == TaskState.WAITING and bool(self.waits)

    @property
    def between_steps(self) -> bool:
        """Is it under way, and in the queue only until the next process takes it?"""
        return self.state == TaskState.QUEUED and self.handed

    @property
    def tag(self) -> Tag:
        if self.between_steps:
            return TASKS[TaskState.RUNNING]
        if self.watches:
            return TASKS["watches"]
        return TASKS["put_off" if self.put_off else self.state]

    @property
    def counted(self) -> str:
        """``read 14, labelled 2``."""
        return tally(self.counts)

    @property
    def figures_kept(self) -> bool:
        """What it used is known for as long as its model calls are; then it is 0, which does not say that it was."""
        return self.finished_at is None or self.finished_at >= oldest_kept(timezone.now())

    @property
    def seconds_used(self) -> float:
        """Of its limit: what it waits for passing trouble counts as well."""
        return self.seconds_worked + self.seconds_waited

    def put_off_because(self, reader: Reader = YOU) -> str:
        """Why it is tried again later, in words for this reader."""
        return render_reason(self.waits, reader)

    def why(self, reader: Reader = YOU) -> str:
        """Why it was not finished, in words for this reader."""
        return render_reason(self.reason, reader)

    def permits(self, person: Person, permission: str) -> bool:
        """The task's person may do everything. People who may stop its agent may stop it."""
        if self.person_id == person.pk:
            return True
        if permission == TaskPermission.STOP:
            return person.has_perm(AgentPermission.STOP, self.agent)
        return permission == TaskPermission.VIEW and self.shares.open_to(person).exists()


class StepQuerySet(models.QuerySet["Step"]):
    def visible_to(self, person: Person) -> "StepQuerySet":
        return self.filter(task__in=Task.objects.visible_to(person).values("pk"))


class Step(models.Model):
    """One model call: what the model said, what it used. ``response`` is pydantic-ai's ModelResponse as JSON."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="steps")
    number = models.PositiveIntegerField()
    response = models.JSONField()
    text = models.TextField(blank=True)
    input_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    cost_micros = models.PositiveBigIntegerField(null=True)
    at = models.DateTimeField(auto_now_add=True)

    objects = StepQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["task", "number"], name="step_once")]

    def __str__(self) -> str:
        return f"step {self.number} of {self.task}"

    def permits(self, person: Person, permission: str) -> bool:
        return self.task.permits(person, permission)


class CallQuerySet(models.QuerySet["Call"]):
    def visible_to(self, person: Person) -> "CallQuerySet":
        """With arguments and result: only to the person whose task it is."""
        return self.filter(task__person=person)


class Call(models.Model):
    """One use of a capability: arguments, decision with reasons, state, result."""

    retry_after = 0.0  # seconds that its system just asked to wait; not stored

    class State(models.TextChoices):
        DENIED = "denied", "denied"
        ASKED = "asked", "asks"
        REFUSED = "refused", "refused by a person"
        STARTED = "started", "under way"
        LATER = "later", "tried again later"
        AWAITED = "awaited", "goes on in its system"
        DONE = "done", "done"
        WOULD = "would", "would have"
        FAILED = "failed", "did not work"
        UNKNOWN = "unknown", "unknown whether it happened"

    task = models.ForeignKey(Task, models.CASCADE, related_name="calls")
    step = models.ForeignKey(Step, models.CASCADE, related_name="calls")
    position = models.PositiveIntegerField()
    tool_call_id = models.CharField(max_length=200)
    tool_name = models.CharField(max_length=120)
    capability = models.CharField(max_length=80)
    connection = models.ForeignKey(Connection, models.PROTECT, null=True, related_name="calls")
    grant = models.ForeignKey(Grant, models.PROTECT, null=True, related_name="calls")
    arguments = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    verdict = models.CharField(max_length=5, choices=[(verdict.value, verdict.value) for verdict in Verdict])
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=State.choices)
    key = models.UUIDField(unique=True, editable=False)  # of its effect: ``agents.queue.keys``
    # Its outcome: in the connector's words, or, where the portal closed it, as a code with parameters.
    summary = models.CharField(max_length=300, blank=True)
    ending = models.JSONField(default=dict, blank=True)
    result = models.JSONField(null=True)
    counts = models.JSONField(default=dict)
    # Shadow mode: what a person did with the same thing afterwards, {"text": …, "same": true|false|null}.
    observed = models.JSONField(null=True)
    observed_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = CallQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["task", "digest"], name="call_repeats"),
            # What is looked at again and again (gate.shadow_observer), out of all calls there ever were.
            models.Index(fields=["decided_at"], name="call_would", condition=models.Q(state="would")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["step", "position"], name="call_once"),
            models.CheckConstraint(
                condition=~models.Q(state__in=["started", "awaited", "done"]) | models.Q(grant__isnull=False),
                name="call_done_under_a_grant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.capability} on {self.connection}" if self.connection else self.capability

    @property
    def named(self) -> dict[str, str]:
        """Who does what where, for entries of the trail. What no connector declares is the model's words: left out."""
        place = str(self.connection or "")
        known = self.capability if self.capability in catalogue() else ""
        return {"agent": str(self.task.agent), "capability": known, "connection": place}

    @property
    def sentence(self) -> str:
        """The call in words, from its capability's declaration."""
        declared = catalogue().get(self.capability)
        return declared.sentence(self.arguments) if declared else f"Use “{spelled_out(self.capability)}”"

    @property
    def outcome(self) -> str:
        """Its outcome in words, for its person and for the model."""
        return render_reason(self.ending) or self.summary

    @property
    def tag(self) -> Tag:
        return CALLS[self.state]

    def permits(self, person: Person, permission: str) -> bool:
        return self.task.permits(person, permission)
