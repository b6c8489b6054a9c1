"""What no admin does to somebody's account alone: one asks, another confirms, the person is told and opens it again."""

from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from portal.admin_requests.models import TRIES, AdminRequest, vouchers
from portal.audit.record import action, detail, on
from portal.events import Event
from portal.notices.people import others, watching
from portal.notices.telling import settle, tell
from portal.people.models import Person
from portal.permissions import Role

ALONE = (
    "This needs a second admin, and no other admin has joined yet. Make somebody else an admin, or "
    "ask the person who runs the portal to use “manage.py account” on its machine."
)
Kind = AdminRequest.Kind


@action(Event.ACCOUNT_ASKED)
def ask(actor: Person, person: Person, *, kind: str, value: str = "") -> AdminRequest:
    """Ask another admin for it. Raises ValidationError where there is none, or it is asked for already."""
    if not person.is_active:
        raise ValidationError(f"{person} has left; reactivate them first.")
    if not person.has_joined:
        raise ValidationError(f"{person} has not joined yet. Invite them first.")
    if not Person.objects.admins().exclude(pk__in=[actor.pk, person.pk]).exists():
        raise ValidationError(ALONE)
    Person.objects.select_for_update().get(pk=person.pk)
    before = AdminRequest.objects.filter(person=person, kind=kind, state=AdminRequest.State.OPEN)
    if waiting := before.open().authorised().first():
        raise ValidationError(
            f"{waiting.asked_by} has already requested this. Another admin must confirm it."
        )
    before.update(state=AdminRequest.State.REFUSED)  # its time was over, or who asked is no admin any more
    detail(what=Kind(kind).label)
    made = AdminRequest.objects.create(kind=kind, person=person, value=value, asked_by=actor)
    admins = Person.objects.admins().exclude(pk=person.pk)
    told = {"who": str(actor), "what": Kind(kind).label, "person": str(person)}
    tell(others(admins, actor), "account.waits", made, person.get_absolute_url(), **told)
    return made


@action(Event.ACCOUNT_CONFIRMED)
def confirm(actor: Person, request: AdminRequest) -> AdminRequest:
    """Do it. Raises ValidationError for the admin who asked, and for the person it is about."""
    _decide(actor, request, AdminRequest.State.CONFIRMED)
    DONE[Kind(request.kind)](request)
    _tell_decided(actor, request, "confirmed")
    if request.kind == Kind.LINK:
        told = {"asked": str(request.asked_by or "Somebody at the machine"), "confirmed": str(actor)}
        tell([request.person], "account.link", request, reverse("home"), **told)
        tell([request.person], "account.lost", request, reverse("home"), **told)
    return request


@action(Event.ACCOUNT_REFUSED)
def refuse(actor: Person, request: AdminRequest) -> AdminRequest:
    refused = _decide(actor, request, AdminRequest.State.REFUSED)
    _tell_decided(actor, refused, "declined")
    return refused


def _decide(actor: Person, request: AdminRequest, state: AdminRequest.State) -> AdminRequest:
    found = AdminRequest.objects.decidable_by(actor).filter(pk=request.pk)
    if not found.update(state=state, decided_by=actor, decided_at=timezone.now()):
        raise ValidationError("Another admin must decide this, or it was already decided.")
    request.refresh_from_db()
    if not request.person.is_active:
        raise ValidationError(f"{request.person} has left.")
    on(request.person)
    detail(
        what=request.get_kind_display(), asked_by=str(request.asked_by), asked_by_number=request.asked_by_id
    )
    return request


def _tell_decided(actor: Person, request: AdminRequest, did: str) -> None:
    settle(request, "account.waits")
    told = {"who": str(actor), "did": did, "what": request.get_kind_display(), "person": str(request.person)}
    tell(
        others([request.asked_by], actor),
        "account.decided",
        request,
        request.person.get_absolute_url(),
        **told,
    )


def _sign_out(request: AdminRequest) -> None:
    Person.objects.filter(pk=request.person_id).update(session_epoch=F("session_epoch") + 1)
    request.person.refresh_from_db()


def _new_email(request: AdminRequest) -> None:
    person = request.person
    detail(email=f"{person.email} → {request.value}")
    person.email = request.value
    person.full_clean(exclude=["password", "display_name"])
    person.save(update_fields=["email"])


def _make_admin(request: AdminRequest) -> None:
    request.person.groups.add(Group.objects.get(name=Role.ADMIN.value))


DONE = {Kind.LINK: _sign_out, Kind.EMAIL: _new_email, Kind.ADMIN: _make_admin}


@action(Event.ACCOUNT_DONE)
def by_machine(actor: str, person: Person, *, kind: str, account: str, value: str = "") -> AdminRequest:
    """For a company with one admin: whoever may run commands on the machine. ``account``: theirs, for the trail."""
    detail(at_the_machine=account, what=Kind(kind).label)
    row = AdminRequest.objects.create(
        kind=kind, person=person, value=value, state=AdminRequest.State.CONFIRMED, decided_at=timezone.now()
    )
    DONE[Kind(kind)](row)
    return row


@action(Event.ACCOUNT_ENTERED)
def enter(actor: Person, *, password: str) -> Person:
    """The link is followed: a new password, and what is the person's own stays closed until they are confirmed."""
    now, former = timezone.now(), actor.password
    row = AdminRequest.objects.followable(actor).first()
    if row is None:
        raise ValidationError("No link was made for you.")
    # Followed twice before it was confirmed: the password before the first is the one that proves something.
    earlier = AdminRequest.objects.holding().filter(person=actor).exclude(former="").order_by("id").first()
    AdminRequest.objects.filter(pk=row.pk).update(used_at=now, former=earlier.former if earlier else former)
    unused = AdminRequest.objects.links().filter(person=actor, used_at__isnull=True)
    settle([row, *unused], "account.lost")
    unused.update(used_at=now, opened_at=now)
    actor.set_password(password)
    actor.held_since = actor.held_since or now
    actor.save(update_fields=["password", "held_since"])
    tell(vouchers(actor), "account.voucher", row, reverse("home"), person=str(actor))
    return actor


def prove(actor: Person, *, password: str) -> bool:
    """The person knows the password that they had before the link: no admin does. False: that was not it."""
    with transaction.atomic():
        rows = AdminRequest.objects.holding().filter(person=actor).exclude(former="").select_for_update()
        row = rows.first()
        if row is None or row.tries >= TRIES:
            raise ValidationError("The old password no longer works here. Ask one of the people named here.")
        AdminRequest.objects.filter(person=actor, opened_at__isnull=True).update(tries=F("tries") + 1)
        if not check_password(password, row.former):
            return False
        open_again(actor, actor)
    return True


@action(Event.ACCOUNT_OPENED)
def open_again(actor: Person | str, person: Person) -> Person:
    """It is the person: who says so is themself by their former password, a voucher, or somebody at the machine."""
    if isinstance(actor, Person) and actor != person and not vouchers(person).filter(pk=actor.pk).exists():
        raise ValidationError("You cannot confirm this person. Somebody else must.")
    by = actor if isinstance(actor, Person) else None
    rows = AdminRequest.objects.holding().filter(person=person)
    settle(rows, "account.voucher")
    rows.update(opened_by=by, opened_at=timezone.now(), former="")
    if not Person.objects.filter(pk=person.pk, held_since__isnull=False).update(held_since=None):
        raise ValidationError(f"The account of {person} is not closed.")
    person.refresh_from_db()
    return person


@action(Event.LINK_ACKNOWLEDGED)
def acknowledge(actor: Person, request: AdminRequest, *, mine: bool) -> Person:
    """The person knows of the link, or says that it was not theirs: then every session of theirs ends."""
    if actor.held_since:
        raise ValidationError("Somebody must first confirm that it is you.")
    found = AdminRequest.objects.untold(actor).filter(pk=request.pk)
    if not found.update(acknowledged_at=timezone.now(), mine=mine):
        raise ValidationError("You have already answered this.")
    settle(request, "account.link")
    on(actor)
    detail(mine=mine, asked_by=str(request.asked_by or ""), confirmed_by=str(request.decided_by or ""))
    if not mine:
        made = {request.asked_by_id, request.decided_by_id}
        people = [one for one in watching() if one.pk not in made]
        tell(others(people, actor), "account.disowned", request, reverse("home"), person=str(actor))
        Person.objects.filter(pk=actor.pk).update(session_epoch=F("session_epoch") + 1)
        actor.refresh_from_db()
    return actor
