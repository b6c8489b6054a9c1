"""What can be done to people: invite, join, edit, move, deactivate, roles."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from portal import plugins
from portal.admin_requests import actions as requests
from portal.admin_requests.models import AdminRequest
from portal.audit.record import PORTAL, action, detail
from portal.events import Event
from portal.naming import LOOKS_LIKE, hold_names
from portal.notices.people import who
from portal.notices.telling import settle, tell
from portal.org_chart.chart import Plan, plan
from portal.org_chart.importing import carry_out, here
from portal.org_chart.sheet import read
from portal.people import line
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
    same_name: bool = False,
    by_mail: bool = False,
) -> Person:
    """Make a person who cannot sign in until they follow their invitation's link and choose a password.

    ``by_mail``: the link is sent to them, where the portal sends mail.
    Raises ValidationError for a wrong or taken e-mail, or a name that looks like somebody's (unless ``same_name``).
    """
    if isinstance(actor, Person) and Role.ADMIN in roles and _guarded():
        raise ValidationError(
            {"roles": "A second admin must confirm a new admin. Give the role once they have joined."}
        )
    person = Person(
        email=email.strip().lower(), display_name=display_name.strip(), manager=manager, time_zone=time_zone
    )
    person.zone_known = time_zone != "UTC"
    person.set_unusable_password()
    person.full_clean()
    _ask_about_name(actor, person, known=same_name)
    person.save()
    _set_roles(person, roles)
    detail(email=person.email, manager=str(manager or ""), roles=[role.value for role in roles])
    if by_mail:
        _send_link(actor, person)
    return person


@action(Event.PERSON_JOINED)
def join(actor: Person, *, password: str) -> Person:
    """The invited person chooses the first password."""
    actor.set_password(password)
    actor.save(update_fields=["password"])
    settle(actor, "account.invited")
    return actor


def create_first_admin(name: str, email: str, password: str) -> Person:
    """The one person that nobody invited. Raises ValidationError when there is somebody already."""
    if Person.objects.exists():
        raise ValidationError("This portal already has people. An admin can invite more.")
    person = invite(PORTAL, email=email, display_name=name, roles=[Role.ADMIN])
    return join(person, password=password)


@action(Event.PERSON_EDITED)
def edit(
    actor: Person | str,
    person: Person,
    *,
    display_name: str,
    time_zone: str,
    email: str = "",
    same_name: bool = False,
) -> Person:
    """Change name, time zone or e-mail (unless empty; a second admin confirms it once joined). See ``invite``."""
    before = {"name": person.display_name, "time_zone": person.time_zone, "email": person.email}
    person.zone_known = person.zone_known or person == actor or time_zone != person.time_zone
    person.display_name, person.time_zone = display_name.strip(), time_zone
    person.email = email.strip().lower() or person.email
    person.full_clean(exclude=["password"])
    if person.email != before["email"] and person.has_joined and isinstance(actor, Person):
        wanted, person.email = person.email, before["email"]
        requests.ask(actor, person, kind=AdminRequest.Kind.EMAIL, value=wanted)
        detail(asked_for_email=wanted)
    if person.display_name != before["name"]:
        _ask_about_name(actor, person, known=same_name)
    person.save(update_fields=["display_name", "time_zone", "zone_known", "email"])
    after = {"name": person.display_name, "time_zone": person.time_zone, "email": person.email}
    detail(**{name: f"{before[name]} → {value}" for name, value in after.items() if before[name] != value})
    return person


@action(Event.PERSON_EDITED)
def take_zone(actor: Person, *, time_zone: str) -> Person:
    """The browser's time zone, at the first sign-in of somebody for whom nobody has chosen one."""
    detail(time_zone=[actor.time_zone, time_zone], by="browser")
    actor.time_zone, actor.zone_known = time_zone, True
    actor.save(update_fields=["time_zone", "zone_known"])
    return actor


def _ask_about_name(actor: Person | str, person: Person, *, known: bool) -> None:
    """Raises ValidationError where ``actor`` has not said that the name may look like somebody's."""
    hold_names()
    others = list(Person.objects.alike(person.display_name).exclude(pk=person.pk)[:3])
    if not others:
        return
    if isinstance(actor, Person) and not known:
        said = ", ".join(f"{other} ({other.email})" for other in others)
        raise ValidationError({"display_name": ValidationError(f"This looks like {said}.", LOOKS_LIKE)})
    detail(looks_like=[f"{other} (#{other.pk})" for other in others])


@action(Event.PASSWORD_CHANGED)
def change_password(actor: Person, person: Person, *, password: str) -> Person:
    """Sets a new password; every other session of the person ends with it."""
    person.set_password(password)
    person.save(update_fields=["password"])
    return person


@action(Event.SESSIONS_ENDED)
def end_sessions(actor: Person, person: Person) -> Person:
    """Sign the person out everywhere. A link that was made for them opens nothing any more."""
    _end_sessions(person)
    return person


@action(Event.SIGN_IN_SLOWED)
def slow_sign_in(actor: str, person: Person, *, failures: int) -> Person:
    """Note that wrong passwords, from wherever, make sign-in wait for whom this browser is not known."""
    detail(failures=failures)
    key, link = f"{timezone.now():%Y-%m-%d}", reverse("people:profile")
    tell([person], "sign_in.slowed", person, link, key=key, failures=str(failures))
    return person


@action(Event.LINK_MADE)
def make_link(actor: Person, person: Person) -> Person:
    """A new link for an invited person (``admin_requests.links.link``); former ones end. Else: ``requests.ask``."""
    if not person.is_active:
        raise ValidationError(f"{person} has left; reactivate them first.")
    if person.has_joined:
        raise ValidationError(f"{person} has joined, so a second admin must confirm a link for them.")
    _end_sessions(person)
    _send_link(actor, person)
    return person


def _send_link(actor: Person | str, person: Person) -> None:
    """The notice holds no link: that is made when the mail is sent."""
    settle(person, "account.invited")
    tell([person], "account.invited", person, reverse("home"), who=who(actor))


@action(Event.LINKS_MADE)
def make_links(actor: Person, people: Iterable[Person]) -> list[Person]:
    """:func:`make_link` for each of them who has not joined or left by now; returns those."""
    made = [make_link(actor, person) for person in people if person.is_active and not person.has_joined]
    detail(links=len(made))
    return made


def _end_sessions(person: Person) -> None:
    person.session_epoch += 1
    person.save(update_fields=["session_epoch"])


@action(Event.PERSON_MOVED)
def move(actor: Person | str, person: Person, *, manager: Person | None) -> Person:
    """Give a person another manager. Raises ValidationError when the reporting line would close to a ring."""
    line.hold()
    person.refresh_from_db(fields=["manager"])
    if manager is not None and person.pk in line.with_all_above(manager):
        raise ValidationError(f"{manager} reports to {person}, so {person} cannot report to {manager}.")
    detail(manager=f"{person.manager or 'nobody'} → {manager or 'nobody'}")
    person.manager = manager
    person.save(update_fields=["manager"])
    return person


@action(Event.CHART_IMPORTED)
def import_chart(actor: Person, *, text: str, digest: str) -> Plan:
    """Carry out the plan of this CSV text. Raises ValidationError when it no longer has the ``digest`` agreed to, and
    Unreadable when the text is no chart."""
    line.hold()
    agreed = plan(read(text), here())
    if agreed.digest != digest:
        raise ValidationError("People or teams changed in the meantime. Nothing was imported yet.")
    detail(changes=len(agreed.changes), rows=len(agreed.rows), left_out=len(agreed.bad))
    carry_out(agreed)
    return agreed


@action(Event.ROLES_CHANGED)
def set_roles(actor: Person | str, person: Person, *, roles: Iterable[Role]) -> Person:
    """Raises ValidationError for the last admin. A second admin confirms a further one."""
    wanted = set(roles)
    if isinstance(actor, Person) and Role.ADMIN in wanted - set(person.roles) and _guarded():
        requests.ask(actor, person, kind=AdminRequest.Kind.ADMIN)
        wanted.discard(Role.ADMIN)
    admins = Person.objects.active().filter(groups__name=Role.ADMIN.value).exclude(pk=person.pk)
    if Role.ADMIN not in wanted and Role.ADMIN in person.roles and not admins.exists():
        raise ValidationError(f"{person} is the last admin. Make somebody else an admin first.")
    before, after = (
        ", ".join(role.value for role in Role if role in held) for held in (person.roles, wanted)
    )
    detail(roles=f"{before or 'none'} → {after or 'none'}")
    _set_roles(person, wanted)
    return person


def _guarded() -> bool:
    """Are there two admins, so that one of them alone makes no third?"""
    return bool(Person.objects.admins()[1:2])


def _set_roles(person: Person, roles: Iterable[Role]) -> None:
    person.groups.remove(*Group.objects.filter(name__in=[role.value for role in Role]))
    person.groups.add(*Group.objects.filter(name__in=[role.value for role in roles]))


@action(Event.PERSON_DEACTIVATED)
def deactivate(actor: Person, person: Person, *, chosen: Mapping[str, Any] | None = None) -> Person:
    """The person leaves: signed out everywhere, and plug-ins end what they hold. ``chosen``: see ``successor_form``."""
    if person == actor:
        raise ValidationError("You cannot deactivate yourself. Another admin can.")
    if not person.is_active:
        raise ValidationError(f"{person} is deactivated already.")
    if person.roles:
        set_roles(actor, person, roles=[])
    person.is_active = False
    person.left_at = timezone.now()
    person.session_epoch += 1
    person.save(update_fields=["is_active", "left_at", "session_epoch"])
    for plugin in plugins.installed():
        plugin.on_person_leaves(actor, person, chosen or {})
    return person


@action(Event.PERSON_REACTIVATED)
def reactivate(actor: Person, person: Person) -> Person:
    """The person may sign in again. Agents and grants stay as they are: each is somebody's new decision."""
    if person.is_active:
        raise ValidationError(f"{person} has not left.")
    if person.erased_at:
        raise ValidationError("An erased person cannot be reactivated. Invite them again.")
    person.is_active, person.left_at = True, None
    person.save(update_fields=["is_active", "left_at"])
    return person
