"""Permit: the right of one person to open one report for a purpose until a date. Look: that they did."""

from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone

from metering.permissions import MeteringPermission, PermitPermission
from metering.privacy.visibility import Kind, Scope
from metering.publications.models import Publication
from metering.rollups.periods import Period
from portal.people.models import Person
from portal.permissions import declared
from portal.teams.models import Membership, Team


def _about(person: Person) -> models.Q:
    """About the person, a team of theirs, or a team in whose figures this year still counts them."""
    member = Membership.objects.current().filter(person=person, team=models.OuterRef("team"))
    counted = Publication.objects.filter(
        kind=Publication.Kind.TEAM,
        ref=Cast(models.OuterRef("team"), models.TextField()),
        people__contains=[person.pk],
    )
    return models.Q(person=person) | models.Q(models.Exists(member)) | models.Q(models.Exists(counted))


def _involving(person: Person) -> models.Q:
    """By the person, about them, or about a team that they left since it was requested (perhaps in order to decide)."""
    left = Membership.objects.filter(
        person=person, team=models.OuterRef("team"), ended_at__gte=models.OuterRef("created_at")
    )
    return models.Q(viewer=person) | _about(person) | models.Q(models.Exists(left))


def _objected_to() -> models.Exists:
    """An objection waits to this permit, or to another that opens the same to the same viewer."""
    about = models.Q(team=models.OuterRef("team")) | models.Q(person=models.OuterRef("person"))
    return models.Exists(Permit.objects.objected_to().filter(about, viewer=models.OuterRef("viewer")))


class PermitQuerySet(models.QuerySet["Permit"]):
    def live(self, now: datetime | None = None) -> "PermitQuerySet":
        """Permitted, not over, and with no objection that waits for a decision: that suspends it."""
        return self.filter(~_objected_to(), state=Permit.State.GRANTED, ends_at__gt=now or timezone.now())

    def with_suspension(self) -> "PermitQuerySet":
        """For lists: reads with each permit whether it is suspended."""
        return self.annotate(objection_open=_objected_to())

    def granted(self) -> "PermitQuerySet":
        """Permitted and not over, suspended or not."""
        return self.filter(state=Permit.State.GRANTED, ends_at__gt=timezone.now())

    def requested(self) -> "PermitQuerySet":
        return self.filter(state=Permit.State.REQUESTED)

    def decidable_by(self, person: Person) -> "PermitQuerySet":
        """Requests that wait for this person: they neither look nor are looked at."""
        if not person.has_perm(MeteringPermission.DECIDE_PERMITS):
            return self.none()
        return self.requested().exclude(_involving(person))

    def involving(self, person: Person) -> "PermitQuerySet":
        """Those by which this person looks or is looked at: they decide on none of these."""
        return self.filter(_involving(person))

    def visible_to(self, person: Person) -> "PermitQuerySet":
        """One's own, those about oneself or one's group, and all for who decides on permits or audits looks."""
        if any(map(person.has_perm, (MeteringPermission.DECIDE_PERMITS, MeteringPermission.SEE_LOOKS))):
            return self.all()
        return self.filter(models.Q(viewer=person) | _about(person))

    def same_as(self, permit: "Permit") -> "PermitQuerySet":
        """Those for the same viewer about the same, ended or not; itself too."""
        return self.filter(viewer=permit.viewer_id, team=permit.team_id, person=permit.person_id)

    def objected_to(self) -> "PermitQuerySet":
        """Those to which an objection waits for a decision."""
        return self.filter(objections__state="open")

    def about(self, person: Person) -> "PermitQuerySet":
        """Those that open something to others in which this person is."""
        return self.filter(_about(person)).exclude(viewer=person)


class Permit(models.Model):
    """About one team or about one person, never both."""

    class State(models.TextChoices):
        REQUESTED = "requested", "Requested"
        GRANTED = "granted", "Permitted"
        DENIED = "denied", "Declined"
        REVOKED = "revoked", "Revoked"

    viewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    purpose = models.CharField(max_length=300)
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PermitQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        default_permissions = ()
        permissions = declared(MeteringPermission)
        constraints = [
            models.UniqueConstraint(
                fields=["viewer", "team"],
                condition=models.Q(state="requested"),
                name="permit_asked_once",
                violation_error_message="You have already requested this. It waits for a decision.",
            ),
            models.UniqueConstraint(
                fields=["viewer", "person"],
                condition=models.Q(state="requested"),
                name="permit_person_asked_once",
                violation_error_message="You have already requested this. It waits for a decision.",
            ),
            models.CheckConstraint(
                condition=models.Q(team__isnull=False, person__isnull=True)
                | models.Q(team__isnull=True, person__isnull=False),
                name="permit_about_one",
            ),
            models.CheckConstraint(
                condition=models.Q(person__isnull=True)
                | (
                    ~models.Q(person=models.F("viewer"))
                    & (models.Q(decided_by__isnull=True) | ~models.Q(person=models.F("decided_by")))
                ),
                name="permit_not_by_person",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True) | ~models.Q(decided_by=models.F("viewer")),
                name="permit_not_by_viewer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.viewer}’s permit for {self.target}"

    def get_absolute_url(self) -> str:
        return reverse("reports:permit", args=[self.pk])

    @property
    def target(self) -> Team | Person:
        """Whose usage it opens."""
        found = self.team or self.person
        assert found is not None, "permit_about_one"
        return found

    def get_report_url(self) -> str:
        name = "reports:team" if self.team_id else "reports:person"
        return reverse(name, args=[self.team_id or self.person_id])

    @property
    def is_live(self) -> bool:
        return self.is_held and not self.suspended

    @property
    def is_held(self) -> bool:
        """Permitted and not over: it opens the report, unless it is suspended."""
        return self.state == Permit.State.GRANTED and self.ends_at > timezone.now()

    @property
    def suspended(self) -> bool:
        """Somebody it is about objects to what it opens, and nobody has decided on that yet."""
        read: bool | None = vars(self).get("objection_open")  # by ``with_suspension``
        return Permit.objects.same_as(self).objected_to().exists() if read is None else read

    @property
    def is_over(self) -> bool:
        """Permitted once, and past its end."""
        return self.state == Permit.State.GRANTED and self.ends_at <= timezone.now()

    def permits(self, person: Person, permission: str) -> bool:
        """Who decides is neither who looks nor looked at; who looks and who decides may end it."""
        if permission == MeteringPermission.DECIDE_PERMITS:
            involved = Permit.objects.involving(person).filter(pk=self.pk)
            return person.has_perm(permission) and not involved.exists()
        if permission == PermitPermission.REVOKE:
            decides = person.has_perm(MeteringPermission.DECIDE_PERMITS)
            return person.pk in (self.viewer_id, self.decided_by_id) or decides
        return False


class LookQuerySet(models.QuerySet["Look"]):
    def at(self, person: Person) -> "LookQuerySet":
        """What others opened about weeks in which this person used agents: they are told of each."""
        return self.filter(people=person).exclude(viewer=person)

    def within(self, scope: Scope) -> "LookQuerySet":
        return self if scope.kind is Kind.LOOKS else self.none()

    def drop(self, before: date, most: int) -> int:
        """Delete those from before ``before``, ``most`` at most. How many there were."""
        gone = list(self.filter(at__date__lt=before).order_by("id").values_list("pk", flat=True)[:most])
        Look.people.through.objects.filter(look__in=gone).delete()
        Look.objects.filter(pk__in=gone).delete()
        return len(gone)


class Look(models.Model):
    """Somebody opened a report of the days ``first_day`` to ``last_day``, of a team or of one person.

    ``people``: everybody in any of its figures; each sees this row. Where nothing was ``shown``: the team's members.
    """

    permit = models.ForeignKey(Permit, models.PROTECT, related_name="looks")
    viewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    viewer_name = models.CharField(max_length=120)
    team_name = models.CharField(max_length=120)  # whose usage: a team's or a person's name
    purpose = models.CharField(max_length=300)
    first_day = models.DateField()
    last_day = models.DateField()
    shown = models.BooleanField()
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = LookQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.viewer_name} at {self.team_name}"

    @property
    def period(self) -> Period:
        return Period(self.first_day, self.last_day)
