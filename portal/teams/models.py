"""Team and Membership. A team owns one auth group, so that object permissions can be given to it."""

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse

from portal.naming import NameField
from portal.people.models import Person
from portal.permissions import PortalPermission, TeamPermission


class TeamQuerySet(models.QuerySet["Team"]):
    def visible_to(self, person: Person) -> "TeamQuerySet":
        """Teams and who is in them are known to everyone in the company."""
        return self.all() if person.is_active else self.none()

    def of(self, person: Person) -> "TeamQuerySet":
        return self.filter(pk__in=Membership.objects.current().filter(person=person).values("team_id"))

    def search(self, words: str) -> "TeamQuerySet":
        return self.filter(models.Q(name__icontains=words) | models.Q(cost_centre__icontains=words))

    def with_counts(self) -> "TeamQuerySet":
        """Adds ``people``: how many active people are in each team."""
        current = models.Q(memberships__ended_at__isnull=True, memberships__person__is_active=True)
        return self.annotate(people=models.Count("memberships", filter=current)).order_by(Lower("name"))


class Team(models.Model):
    name = NameField(max_length=80)
    cost_centre = NameField(max_length=40, blank=True)
    group = models.OneToOneField(Group, models.PROTECT, editable=False, related_name="team")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = [Lower("name")]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="team_name",
                violation_error_message="A team with this name exists already.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("teams:detail", args=[self.pk])

    def permits(self, person: Person, permission: str) -> bool:
        """Who manages people manages every team; a lead decides who is in theirs."""
        if person.has_perm(PortalPermission.MANAGE_PEOPLE):
            return True
        leads = self.memberships.current().filter(person=person, role=Membership.Role.LEAD)
        return permission == TeamPermission.MEMBERS and leads.exists()


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> "MembershipQuerySet":
        return self.filter(ended_at__isnull=True)


class Membership(models.Model):
    """A person in a team from a day to a day. It ends, it is not deleted."""

    class Role(models.TextChoices):
        MEMBER = "member", "Member"
        LEAD = "lead", "Lead"

    team = models.ForeignKey(Team, models.PROTECT, related_name="memberships")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MEMBER)
    started_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["team", "person"], condition=models.Q(ended_at__isnull=True), name="membership_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} in {self.team}"
