"""Tables of what people dispute about their own usage: corrections and objections."""

from django.conf import settings
from django.db import models
from django.urls import reverse

from metering.permissions import RightsPermission
from metering.permits.models import Permit
from metering.rollups.periods import Period
from portal.people.models import Person
from portal.permissions import declared


class CorrectionQuerySet(models.QuerySet["CorrectionRequest"]):
    def waiting(self) -> "CorrectionQuerySet":
        return self.filter(state=CorrectionRequest.State.REQUESTED)

    def accepted_of(self, person: int) -> "CorrectionQuerySet":
        return self.filter(person=person, state=CorrectionRequest.State.ACCEPTED)

    def visible_to(self, person: Person) -> "CorrectionQuerySet":
        """One's own, and all for who decides (who sees what is asked and why, and no figure)."""
        return self if person.has_perm(RightsPermission.DECIDE) else self.filter(person=person)

    def decidable_by(self, person: Person) -> "CorrectionQuerySet":
        may = person.has_perm(RightsPermission.DECIDE)
        return self.waiting().exclude(person=person) if may else self.none()


class CorrectionRequest(models.Model):
    """ "That was not me": the calls of a span of days, of one agent and one model or of any.

    ``agent_id`` null: any, and 0: calls that no agent of this portal made. ``model`` empty: any.
    ``latest_event``: the last row of the ledger that it can be about; nobody denies calls that are still to come.
    ``moved``: how many calls were taken off the person when it was accepted.
    """

    class State(models.TextChoices):
        REQUESTED = "requested", "Waits for a decision"
        ACCEPTED = "accepted", "Accepted"
        REFUSED = "refused", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()
    agent_id = models.BigIntegerField(null=True, blank=True)
    agent_name = models.CharField(max_length=80, blank=True)
    provider = models.CharField(max_length=60, blank=True)
    model = models.CharField(max_length=120, blank=True)
    why = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True)
    latest_event = models.BigIntegerField(default=0)
    moved = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        default_permissions = ()
        permissions = declared(RightsPermission)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True) | ~models.Q(decided_by=models.F("person")),
                name="correction_not_by_its_person",
            ),
            models.CheckConstraint(
                condition=models.Q(first_day__lte=models.F("last_day")),
                name="correction_span",
                violation_error_message="The last day is before the first.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}’s usage, {self.what}"

    def get_absolute_url(self) -> str:
        return reverse("rights:correction", args=[self.pk])

    @property
    def period(self) -> Period:
        return Period(self.first_day, self.last_day)

    @property
    def days(self) -> str:
        if self.first_day != self.last_day:
            return str(self.period)
        return f"{self.first_day.day} {self.first_day:%B %Y}"

    @property
    def what(self) -> str:
        """``26 October to 2 November 2026, Inbox triage, openai:gpt-4o``."""
        return ", ".join(filter(None, (self.days, self.agent_name, self.model_label)))

    @property
    def model_label(self) -> str:
        return f"{self.provider}:{self.model}" if self.model else ""

    def permits(self, person: Person, permission: str) -> bool:
        if permission == RightsPermission.DECIDE:
            return person.has_perm(permission) and person.pk != self.person_id
        return permission == RightsPermission.WITHDRAW and person.pk == self.person_id


class ObjectionQuerySet(models.QuerySet["Objection"]):
    def in_force(self) -> "ObjectionQuerySet":
        """What holds something up now: a permit until somebody decided, signals until taken back."""
        return self.filter(state__in=[Objection.State.OPEN, Objection.State.IN_FORCE])

    def to_signals(self) -> "ObjectionQuerySet":
        """Those of people who want no signals made about them. They count at once."""
        return self.in_force().filter(permit__isnull=True)

    def waiting(self) -> "ObjectionQuerySet":
        """For somebody's decision."""
        return self.to_permits().filter(state=Objection.State.OPEN)

    def to_permits(self) -> "ObjectionQuerySet":
        return self.filter(permit__isnull=False)

    def visible_to(self, person: Person) -> "ObjectionQuerySet":
        seen = models.Q(person=person)
        if person.has_perm(RightsPermission.DECIDE):
            seen |= models.Q(permit__isnull=False)
        return self.filter(seen)

    def decidable_by(self, person: Person) -> "ObjectionQuerySet":
        """Neither who looks nor anybody looked at decides."""
        if not person.has_perm(RightsPermission.DECIDE):
            return self.none()
        involving = Permit.objects.involving(person).filter(pk=models.OuterRef("permit"))
        return self.waiting().exclude(person=person).exclude(models.Exists(involving))


class Objection(models.Model):
    """A person objects to a permit about them (suspended until decided), or to signals (null permit: off at once)."""

    class State(models.TextChoices):
        OPEN = "open", "Waits for a decision"
        UPHELD = "upheld", "The permit has ended"
        OVERRULED = "overruled", "Overruled"
        IN_FORCE = "in force", "In force"
        WITHDRAWN = "withdrawn", "Withdrawn"

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    permit = models.ForeignKey(Permit, models.PROTECT, null=True, related_name="objections")
    why = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=State.choices)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["person", "permit"],
                condition=models.Q(permit__isnull=False) & ~models.Q(state="withdrawn"),
                name="objection_once",
                violation_error_message="You have already objected to this permit.",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(permit__isnull=True, state="in force"),
                name="objection_to_signals_once",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True) | ~models.Q(decided_by=models.F("person")),
                name="objection_not_by_its_person",
            ),
        ]

    def __str__(self) -> str:
        return f"the objection to {self.permit}" if self.permit else "signals about oneself"

    def get_absolute_url(self) -> str:
        return reverse("rights:objection", args=[self.pk])

    def permits(self, person: Person, permission: str) -> bool:
        if permission == RightsPermission.DECIDE:
            return Objection.objects.decidable_by(person).filter(pk=self.pk).exists()
        return permission == RightsPermission.WITHDRAW and person.pk == self.person_id
