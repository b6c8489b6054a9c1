"""What can be done to people: invite, join, edit, move, deactivate, roles."""

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.module_loading import import_string

from portal.audit.record import PORTAL, action, detail
from portal.events import Event
from portal.people.models import Person
from portal.permissions import Role


@action(Event.PERSON_INVITED)
def invite(
    actor: Person | str,
    *,
    email: str,
    display_name: str,
    manager: Person | None = None,
    time_zone: str = "UTC",
    roles: Iterable[Role] = (),
) -> Person:
    """Make a person who cannot sign in until they follow their invitation's link and choose a password.

    Raises ValidationError when the e-mail is taken or not one.
    """
    person = Person(
        email=email.strip().lower(), display_name=display_name.strip(), manager=manager, time_zone=time_zone
    )
    person.set_unusable_password()
    person.full_clean()
    person.save()
    _set_roles(person, roles)
    detail(email=person.email, manager=str(manager or ""), roles=[role.value for role in roles])
    return person


@action(Event.PERSON_JOINED)
def join(actor: Person, *, password: str) -> Person:
    """The invited person chooses the first password."""
    actor.set_password(password)
    actor.save(update_fields=["password"])
    return actor


def create_first_admin(name: str, email: str, password: str) -> Person:
    """The one person that nobody invited. Raises ValidationError when there is somebody already."""
    if Person.objects.exists():
        raise ValidationError("There are people in this portal already; an admin invites the next one.")
    person = invite(PORTAL, email=email, display_name=name, roles=[Role.ADMIN])
    return join(person, password=password)


@action(Event.PERSON_EDITED)
def edit(actor: Person, person: Person, *, display_name: str, time_zone: str) -> Person:
    person.display_name, person.time_zone = display_name.strip(), time_zone
    person.full_clean(exclude=["password"])
    person.save(update_fields=["display_name", "time_zone"])
    return person


@action(Event.PASSWORD_CHANGED)
def change_password(actor: Person, person: Person, *, password: str) -> Person:
    """Sets a new password; every other session of the person ends with it."""
    person.set_password(password)
    person.save(update_fields=["password"])
    return person


@action(Event.PERSON_MOVED)
def move(actor: Person | str, person: Person, *, manager: Person | None) -> Person:
    """Give a person another manager. Raises ValidationError when the reporting line would close to a ring."""
    above = manager
    while above is not None:
        if above == person:
            raise ValidationError(f"{manager} reports to {person}, so {person} cannot report to {manager}.")
        above = above.manager
    detail(before=str(person.manager or ""), after=str(manager or ""))
    person.manager = manager
    person.save(update_fields=["manager"])
    return person


@action(Event.ROLES_CHANGED)
def set_roles(actor: Person | str, person: Person, *, roles: Iterable[Role]) -> Person:
    """Raises ValidationError when nobody would be left who can manage people."""
    wanted = set(roles)
    admins = Person.objects.active().filter(groups__name=Role.ADMIN.value).exclude(pk=person.pk)
    if Role.ADMIN not in wanted and Role.ADMIN in person.roles and not admins.exists():
        raise ValidationError(f"{person} is the last admin. Make somebody else an admin first.")
    detail(before=[role.value for role in person.roles], after=sorted(role.value for role in wanted))
    _set_roles(person, wanted)
    return person


def _set_roles(person: Person, roles: Iterable[Role]) -> None:
    person.groups.remove(*Group.objects.filter(name__in=[role.value for role in Role]))
    person.groups.add(*Group.objects.filter(name__in=[role.value for role in roles]))


@action(Event.PERSON_DEACTIVATED)
def deactivate(actor: Person, person: Person) -> Person:
    """The person leaves: signed out everywhere, and what later apps hold for them ends in this transaction."""
    if person == actor:
        raise ValidationError("You cannot deactivate yourself; another admin can.")
    if not person.is_active:
        raise ValidationError(f"{person} is deactivated already.")
    set_roles(actor, person, roles=[])
    person.is_active = False
    person.left_at = timezone.now()
    person.session_epoch += 1
    person.save(update_fields=["is_active", "left_at", "session_epoch"])
    for name in settings.WHEN_A_PERSON_LEAVES:
        import_string(name)(actor, person)
    return person


@action(Event.PERSON_REACTIVATED)
def reactivate(actor: Person, person: Person) -> Person:
    """The person may sign in again. Agents and grants stay as they are: each is somebody's new decision."""
    person.is_active, person.left_at = True, None
    person.save(update_fields=["is_active", "left_at"])
    return person
