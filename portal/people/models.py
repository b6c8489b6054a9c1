"""Person: the user model. Sign-in by e-mail; the manager is the reporting line."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models.functions import Lower
from django.urls import reverse

from portal.lookalikes import skeleton
from portal.naming import NameField
from portal.people import zones
from portal.permissions import PortalPermission, Role, declared

NO_ONE = "no-one@portal.invalid"  # the row of portal.people.nobody


HELD_SQL = """
    SELECT app_label || '.' || codename FROM auth_permission AS permission
    JOIN django_content_type AS type ON type.id = permission.content_type_id
    WHERE permission.id IN (
        SELECT permission_id FROM portal_person_user_permissions WHERE person_id = %(person)s
        UNION SELECT of_role.permission_id FROM auth_group_permissions AS of_role
            JOIN portal_person_groups AS role USING (group_id) WHERE role.person_id = %(person)s)
"""


def known_time_zone(value: str) -> None:
    if value not in zones.known():
        raise ValidationError(f"“{value}” is not a time zone. Choose one like Europe/Berlin.")


class PersonQuerySet(models.QuerySet["Person"]):
    def active(self) -> "PersonQuerySet":
        return self.filter(is_active=True)

    def admins(self) -> "PersonQuerySet":
        """Who can confirm what another admin asks for: admins who have joined, and are not held themselves."""
        return self.joined().filter(groups__name=Role.ADMIN.value, held_since__isnull=True)

    def joined(self) -> "PersonQuerySet":
        return self.active().exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)

    def held(self) -> "PersonQuerySet":
        """Came in by a link that admins made, and nobody has confirmed yet that it is them."""
        return self.active().filter(held_since__isnull=False)

    def invited(self) -> "PersonQuerySet":
        """Invited, and not joined yet."""
        return self.active().filter(password__startswith=UNUSABLE_PASSWORD_PREFIX)

    def visible_to(self, person: "Person") -> "PersonQuerySet":
        """Everyone sees the active people (name and e-mail); who manages people also sees those who left."""
        if person.has_perm(PortalPermission.MANAGE_PEOPLE):
            return self.exclude(email=NO_ONE)
        return self.filter(models.Q(is_active=True) | models.Q(pk=person.pk))

    def in_team(self, team: int) -> "PersonQuerySet":
        return self.filter(memberships__team=team, memberships__ended_at__isnull=True)

    def alike(self, name: str) -> "PersonQuerySet":
        """Active people whose name looks like this one."""
        looks, names = skeleton(name), self.active().order_by().values_list("pk", "display_name")
        return self.filter(pk__in=[pk for pk, other in names if skeleton(other) == looks])

    def search(self, words: str) -> "PersonQuerySet":
        return self.filter(models.Q(display_name__icontains=words) | models.Q(email__icontains=words))

    def matching(self, *, q: str = "", team: Any = None, role: str = "", state: str = "") -> "PersonQuerySet":
        """The list's filters; whoever left only with ``state`` left."""
        if state == "left":
            found = self.filter(is_active=False)
        else:
            found = self.invited() if state == "invited" else self.active()
        if q:
            found = found.search(q)
        if team is not None:
            found = found.in_team(team.pk)
        return found.filter(groups__name=role) if role else found


class PersonManager(BaseUserManager.from_queryset(PersonQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str | None) -> "Person":
        person: Person = self.get(email__iexact=username)
        return person


class Person(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField("e-mail", max_length=254)
    display_name = NameField("name", max_length=120)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[known_time_zone])
    zone_known = models.BooleanField(default=False)  # chosen by somebody, or told by the browser at a sign-in
    manager = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="reports")
    is_active = models.BooleanField("active", default=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    left_at = models.DateTimeField(null=True, blank=True)
    # Came in by a link that admins made: all that is theirs is closed until somebody has confirmed that it is them.
    held_since = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)  # name and e-mail are gone, for good
    # Part of every session's hash: raising it signs the person out everywhere.
    session_epoch = models.PositiveIntegerField(default=0)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]
    is_staff = False  # there is no Django admin site: pages are the way in

    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        ordering = [Lower("display_name")]
        default_permissions = ()
        permissions = declared(PortalPermission)
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="person_email",
                violation_error_message="Somebody else already uses this e-mail.",
            ),
            models.CheckConstraint(
                condition=models.Q(manager__isnull=True) | ~models.Q(manager=models.F("id")),
                name="person_not_own_manager",
                violation_error_message="A person cannot be their own manager.",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """As Django answers it; what the person holds by role is read in one query instead of two."""
        if self.is_active and not self.is_superuser and not hasattr(self, "_perm_cache"):
            with connection.cursor() as cursor:
                cursor.execute(HELD_SQL, {"person": self.pk})
                self._perm_cache = {name for (name,) in cursor}  # what ModelBackend fills
        return bool(super().has_perm(perm, obj))

    def get_absolute_url(self) -> str:
        return reverse("people:detail", args=[self.pk])

    def get_session_auth_hash(self) -> str:
        return f"{super().get_session_auth_hash()}{self.session_epoch}"

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """Hashes under former secret keys: a changed key signs nobody out, a raised epoch still does."""
        for former in super().get_session_auth_fallback_hash():
            yield f"{former}{self.session_epoch}"

    @property
    def mark(self) -> str:
        """Number and e-mail, the number alone once erased: nobody else has it, whatever their name looks like."""
        return f"#{self.pk}" if self.erased_at else f"#{self.pk}, {self.email}"

    @property
    def has_joined(self) -> bool:
        """Has the person followed their invitation and chosen a password?"""
        return self.has_usable_password()

    @property
    def short_name(self) -> str:
        return self.display_name.split()[0] if self.display_name else self.email

    @property
    def roles(self) -> list[Role]:
        names = {group.name for group in self.groups.all()}
        return [role for role in Role if role.value in names]
