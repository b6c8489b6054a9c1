"""Connection: a configured connector (this mailbox, that chat), shared by a team or personal."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from agents.at_once import MOST_AT_ONCE
from agents.connections import sealed_secrets
from agents.connections.access import Access
from agents.connections.tokens import fresh_token
from agents.connectors import connectors
from agents.connectors.base import ConnectionContext, Connector, ConnectorError, no_token
from agents.connectors.secrets_of import Secret
from agents.permissions import AgentsPermission, ConnectionPermission, OpeningPermission, StopPermission
from agents.rights import held, people_with, reached
from portal.naming import NameField
from portal.outgoing.inside import networks
from portal.people.models import Person
from portal.permissions import declared
from portal.sealing import Sealed
from portal.validation import one_of, within

SOON = timedelta(days=14)  # that credentials are good until their people are told
TOLD = timedelta(days=1)  # that people are told of a connection that works again


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def visible_to(self, person: Person) -> "ConnectionQuerySet":
        """Connections on which the person holds a right; shared ones also for who sees them by role."""
        mine = models.Q(pk__in=self._reached(person, *ConnectionPermission.values))
        if person.has_perm(ConnectionPermission.VIEW):
            return self.filter(mine | models.Q(person__isnull=True))
        return self.filter(mine)

    def grantable_by(self, person: Person) -> "ConnectionQuerySet":
        return self.filter(pk__in=self._reached(person, ConnectionPermission.GRANT))

    def managed_by(self, person: Person) -> "ConnectionQuerySet":
        return self.filter(pk__in=self._reached(person, ConnectionPermission.MANAGE))

    def ending(self, now: datetime | None = None) -> "ConnectionQuerySet":
        """Active ones whose credentials end within two weeks, or have ended."""
        return self.active().filter(secret_ends_at__lt=(now or timezone.now()) + SOON)

    def broken(self) -> "ConnectionQuerySet":
        return self.active().filter(broken_at__isnull=False)

    def working(self) -> "ConnectionQuerySet":
        return self.active().filter(broken_at__isnull=True)

    def to_tell(self, now: datetime) -> "ConnectionQuerySet":
        """Of which their people hear: broken, working again since yesterday, or with credentials that end soon."""
        again = models.Q(recovered_at__gt=now - TOLD)
        return self.active().filter(
            again | models.Q(broken_at__isnull=False) | models.Q(secret_ends_at__lt=now + SOON)
        )

    def approvable_by(self, person: Person) -> "ConnectionQuerySet":
        """On which the person may be the second one who agrees."""
        return self.filter(pk__in=self._reached(person, ConnectionPermission.APPROVE))

    def usable_by(self, person: Any, now: datetime | None = None) -> "ConnectionQuerySet":
        """That work in tasks of this person (a number, or an expression for it): shared, their own, opened to them."""
        opened = models.Q(
            openings__ended_at__isnull=True,
            openings__ends_at__gt=now or timezone.now(),
            person__is_active=True,
        )
        theirs = models.Q(openings__person=person) | models.Q(openings__team__group__user=person)
        return self.filter(models.Q(person__isnull=True) | models.Q(person=person) | (opened & theirs))

    def whose(self, connection: int, person: int) -> Person | None:
        """The other person whose own connection this is, where it does not work in tasks of ``person``."""
        place = self.filter(pk=connection).select_related("person").first()
        if place is None or place.person_id in (None, person):
            return None
        return None if self.usable_by(person).filter(pk=connection).exists() else place.person

    def requestable_by(self, person: Person) -> "ConnectionQuerySet":
        return self.active().visible_to(person)

    def active(self) -> "ConnectionQuerySet":
        return self.filter(state=Connection.State.ACTIVE)

    @staticmethod
    def _reached(person: Person, *permissions: str) -> "models.QuerySet[Any, Any]":
        return reached(person, permissions, ConnectionPersonRight, ConnectionTeamRight)


class Connection(models.Model):
    """``person`` owns a personal connection; a shared one has a ``team``. The secret is encrypted."""

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        REMOVED = "removed", "Removed"

    kind = models.CharField(max_length=20)
    name = NameField(max_length=80)
    team = models.ForeignKey("portal.Team", models.PROTECT, null=True, blank=True, related_name="connections")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="connections"
    )
    settings = models.JSONField(default=dict)
    secret = models.BinaryField(default=b"", editable=False)
    most_at_once = models.PositiveIntegerField(
        null=True, blank=True
    )  # calls under way; null: as many as come
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    inside = models.JSONField(default=list, blank=True)  # networks that are not public and may be reached
    checked_at = models.DateTimeField(null=True, blank=True)
    check_ok = models.BooleanField(null=True, blank=True)
    check_note = models.CharField(max_length=300, blank=True)
    # By capability: why its credentials may not do it, or nothing where they may.
    check_rights = models.JSONField(default=dict, blank=True)
    check_at = models.DateTimeField(default=timezone.now)  # when the clock tests it next
    failures = models.PositiveIntegerField(default=0)  # tests in a row
    broken_at = models.DateTimeField(null=True, blank=True)
    recovered_at = models.DateTimeField(null=True, blank=True)
    secret_ends_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        ordering = [Lower("name"), "id"]
        default_permissions = ()
        permissions = [*declared(ConnectionPermission), *declared(AgentsPermission)]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                condition=models.Q(state="active", person__isnull=True),
                name="connection_name_shared",
                violation_error_message="A shared connection with this name exists already.",
            ),
            models.UniqueConstraint(
                "person",
                Lower("name"),
                condition=models.Q(state="active", person__isnull=False),
                name="connection_name_own",
                violation_error_message="You have a connection with this name already.",
            ),
            one_of("team", "person", name="connection_team_or_person"),
            within("most_at_once", 1, MOST_AT_ONCE),
            within("failures", 0, 10**6),
        ]
        indexes = [
            models.Index(fields=["check_at"], name="connection_to_check", condition=models.Q(state="active"))
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("connections:detail", args=[self.pk])

    def rights_of(self, person: Person) -> frozenset[str]:
        """Everything the person may do to this connection. A role reaches shared ones only."""
        mine = held(person, self, ConnectionPersonRight, ConnectionTeamRight)
        if not self.personal:
            mine |= {permission for permission in ConnectionPermission.values if person.has_perm(permission)}
        if self.person_id == person.pk:
            mine |= {OpeningPermission.GIVE}
        looks_after = mine & {ConnectionPermission.GRANT, ConnectionPermission.MANAGE}
        if looks_after or (not self.personal and person.has_perm(AgentsPermission.STOP_ALL)):
            mine |= {StopPermission.SET}
        return mine

    def permits(self, person: Person, permission: str) -> bool:
        return permission in self.rights_of(person)

    def holders(self, permission: ConnectionPermission) -> models.QuerySet[Person]:
        """The active people who hold ``permission`` on it, themselves or by a team."""
        return people_with(self, permission, ConnectionPersonRight, ConnectionTeamRight)

    def refuse_removed(self) -> None:
        """Raises ValidationError: nothing about a removed connection changes any more."""
        if self.state == Connection.State.REMOVED:
            raise ValidationError(f"{self} is removed and cannot be changed any more.")

    @property
    def ends_soon(self) -> bool:
        """Do the credentials end within two weeks, or have ended?"""
        return self.secret_ends_at is not None and self.secret_ends_at < timezone.now() + SOON

    @property
    def connector(self) -> Connector:
        return connectors()[self.kind]

    @property
    def personal(self) -> bool:
        return self.person_id is not None

    @property
    def acts_as(self) -> str:
        """The person in whose name its system sees calls: who signed in there; empty where nobody did."""
        if self.person is None or not self.accesses.standing().exists():
            return ""
        return str(self.person)

    def stored_secrets(self) -> list[tuple[Secret, bool]]:
        """What secrets its kind has, and whether each is stored; of what cannot be decrypted none is."""
        try:
            found = sealed_secrets.opened(self.connector, bytes(self.secret))
        except Sealed:
            found = {}
        return [(secret, secret.name in found) for secret in sealed_secrets.declared(self.connector)]

    def context(self) -> ConnectionContext:
        """What its connector gets to see; the only place that hands on what was decrypted. Raises ConnectorError."""
        try:
            found = sealed_secrets.opened(self.connector, bytes(self.secret))
        except Sealed as error:
            raise ConnectorError(
                "The connection's secret cannot be decrypted. Put the key it was stored with into "
                "PORTAL_ENCRYPTION_KEYS, or enter the secret again on the connection's page."
            ) from error
        access = Access.objects.standing().filter(connection=self.pk).first()
        return ConnectionContext(
            self.pk,
            self.name,
            self.settings,
            found.pop(sealed_secrets.ALONE, ""),
            found,
            token=no_token if access is None else partial(fresh_token, access.pk),
            account=access.account if access else "",
            inside=networks([*self.inside, *settings.INSIDE]),
        )


class ConnectionPersonRight(UserObjectPermissionBase):
    content_object = models.ForeignKey(Connection, models.CASCADE)


class ConnectionTeamRight(GroupObjectPermissionBase):
    content_object = models.ForeignKey(Connection, models.CASCADE)
