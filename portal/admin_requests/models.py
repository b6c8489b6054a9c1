"""AdminRequest: what one admin asked for about somebody's account, what another said, and what became of it."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from portal.people.models import Person

OPEN_FOR = timedelta(days=3)
TRIES = 5  # at the former password
TOLD_FOR = timedelta(days=30)  # that a link was not the person's


class AdminRequestQuerySet(models.QuerySet["AdminRequest"]):
    def open(self) -> "AdminRequestQuerySet":
        return self.filter(state=AdminRequest.State.OPEN, asked_at__gt=timezone.now() - OPEN_FOR)

    def authorised(self) -> "AdminRequestQuerySet":
        """By people who are admins still, or at the machine: who left or lost the role has asked for nothing."""
        admins = Person.objects.admins().values("pk")
        asked = Q(asked_by__isnull=True) | Q(asked_by__in=admins)
        return self.filter(asked, Q(decided_by__isnull=True) | Q(decided_by__in=admins))

    def undecided(self) -> "AdminRequestQuerySet":
        return self.open().authorised()

    def decidable_by(self, person: Person) -> "AdminRequestQuerySet":
        """Open ones of other admins, about other people."""
        return self.undecided().exclude(asked_by=person).exclude(person=person)

    def links(self) -> "AdminRequestQuerySet":
        """Sign-in links that were made."""
        return self.filter(kind=AdminRequest.Kind.LINK, state=AdminRequest.State.CONFIRMED)

    def followable(self, person: Person) -> "AdminRequestQuerySet":
        """The links of which this person can follow one."""
        return self.unused().filter(person=person)

    def unused(self) -> "AdminRequestQuerySet":
        """Links that nobody has followed yet, while who made them are admins."""
        return self.links().authorised().filter(used_at__isnull=True)

    def unacknowledged(self) -> "AdminRequestQuerySet":
        """Links of which nobody has said whether they know of it."""
        return self.links().filter(acknowledged_at__isnull=True)

    def untold(self, person: Person) -> "AdminRequestQuerySet":
        """Links made for the person that they have not acknowledged."""
        return self.unacknowledged().filter(person=person)

    def disowned(self, reader: Person) -> "AdminRequestQuerySet":
        """Links of which the person said lately that they knew nothing, for everybody but who made them."""
        found = self.links().filter(mine=False, acknowledged_at__gt=timezone.now() - TOLD_FOR)
        return found.exclude(asked_by=reader).exclude(decided_by=reader)

    def holding(self) -> "AdminRequestQuerySet":
        """Links that were followed, by somebody of whom nobody has said yet that it is the person."""
        return self.links().filter(used_at__isnull=False, opened_at__isnull=True)


class AdminRequest(models.Model):
    """For a link: ``former`` is the hash of the password before it, until somebody has confirmed the person."""

    class Kind(models.TextChoices):
        LINK = "link", "a sign-in link"
        EMAIL = "email", "another e-mail"
        ADMIN = "admin", "the role Admin"

    class State(models.TextChoices):
        OPEN = "open", "Waits for another admin"
        CONFIRMED = "confirmed", "Confirmed"
        REFUSED = "refused", "Refused"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="admin_requests")
    value = models.CharField(max_length=254, blank=True)  # the new e-mail
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    # Nobody: it was done by command, on the machine where the portal runs.
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    former = models.CharField(max_length=128, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    mine = models.BooleanField(null=True)  # what the person said of it

    objects = AdminRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"], condition=Q(state="open"), name="adminrequest_once"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | (~Q(decided_by=F("asked_by")) & ~Q(decided_by=F("person"))),
                name="adminrequest_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} for {self.person}"

    @property
    def made_by(self) -> str:
        """For the person whose account it is about."""
        if self.asked_by is None:
            return "Somebody at the machine where the portal runs"
        return f"{self.asked_by} asked for it and {self.decided_by} confirmed it: they"


def vouchers(person: Person) -> "models.QuerySet[Person]":
    """Who may say that it is the person: their manager, else a lead of a team of theirs. Never who made the link."""
    involved = AdminRequest.objects.holding().filter(person=person).values_list("asked_by", "decided_by")
    others = Person.objects.joined().filter(held_since__isnull=True)
    others = others.exclude(pk__in=[pk for pair in involved for pk in pair if pk]).exclude(pk=person.pk)
    manager: models.QuerySet[Person] = others.filter(pk=person.manager_id)
    if manager:
        return manager
    teams = person.memberships.filter(ended_at__isnull=True).values("team")
    leads = {
        "memberships__team__in": teams,
        "memberships__role": "lead",
        "memberships__ended_at__isnull": True,
    }
    found: models.QuerySet[Person] = others.filter(**leads).distinct()
    return found
