"""Verbs of My data: correct, object, decide on both, export, erase; and those of retention."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from metering.disputes.models import CorrectionRequest, Objection
from metering.events import Event
from metering.permissions import RightsPermission
from metering.permits import actions as permits
from metering.permits.models import Look, Permit
from metering.rights import anonymize
from metering.rights.erasing import forget, hindrances
from metering.rights.models import VisibilitySettings
from metering.rights.spans import counts, events_of, latest
from metering.signals import forgetting
from portal.audit.record import action, detail, on
from portal.notices.people import deciding, others
from portal.notices.telling import settle, tell
from portal.people.models import Person

ALREADY = "This was decided already."
NOTHING_LEFT = (
    "These calls are no longer in their usage, because they were corrected already or are no longer "
    "kept. Decline it and say so."
)
OTHERS_DECIDE = "This concerns you, so somebody else must decide."
NOT_YET = "This day has not begun yet (days are in UTC). You can report only past calls."


@action(Event.CORRECTION_REQUESTED)
def request_correction(actor: Person, **fields: Any) -> CorrectionRequest:
    """Report usage as not one's own; ``fields`` of CorrectionRequest. Raises ValidationError if there is none."""
    asked = CorrectionRequest(person=actor, **fields)
    asked.full_clean(exclude=["decided_by", "decided_at"])
    if asked.last_day > datetime.now(UTC).date():
        raise ValidationError({"last_day": NOT_YET})
    asked.latest_event = latest(asked)
    if not counts(asked):
        raise ValidationError("You have no matching calls on these days. Choose others.")
    asked.save()
    detail(what=asked.what, why=asked.why)
    _tell_waits(actor, asked, "says that calls were not theirs", why=asked.why)
    return asked


@action(Event.CORRECTION_ACCEPTED)
def accept_correction(actor: Person, asked: CorrectionRequest, *, note: str = "") -> CorrectionRequest:
    """Correction rows pass the calls to No one. The ledger keeps their cost with the team, group figures do not."""
    _decide(actor, asked, CorrectionRequest.State.ACCEPTED, note)
    said = f"not theirs, correction {asked.pk}"
    asked.moved = anonymize.not_theirs(actor, events_of(asked), note=said)
    if not asked.moved:
        raise ValidationError(NOTHING_LEFT)
    asked.save(update_fields=["moved"])
    detail(what=asked.what, note=note)
    return asked


@action(Event.CORRECTION_REFUSED)
def refuse_correction(actor: Person, asked: CorrectionRequest, *, note: str) -> CorrectionRequest:
    if not note.strip():
        raise ValidationError({"note": "Say why. The person reads it."})
    detail(what=asked.what, note=note)
    return _decide(actor, asked, CorrectionRequest.State.REFUSED, note)


@action(Event.CORRECTION_WITHDRAWN)
def withdraw_correction(actor: Person, asked: CorrectionRequest) -> CorrectionRequest:
    waiting = CorrectionRequest.objects.waiting().filter(pk=asked.pk)
    if not waiting.update(state=CorrectionRequest.State.WITHDRAWN):
        raise ValidationError(ALREADY)
    settle(asked)
    asked.refresh_from_db()
    return asked


@action(Event.OBJECTION_RAISED)
def object_to(actor: Person, permit: Permit, *, why: str) -> Objection:
    """Object to a permit about oneself: it is suspended until somebody has decided."""
    if not Permit.objects.about(actor).live().filter(pk=permit.pk).exists():
        raise ValidationError("This permit is not about you, or it has ended.")
    if not why.strip():
        raise ValidationError({"why": "Say why in a sentence. The reviewer reads it."})
    made = Objection(person=actor, permit=permit, why=why.strip(), state=Objection.State.OPEN)
    made.full_clean(exclude=["decided_by", "decided_at"])
    made.save()
    detail(why=made.why)
    _tell_waits(actor, made, "objects to a permit", why=made.why)
    return made


@action(Event.OBJECTION_UPHELD)
def uphold(actor: Person, objection: Objection, *, note: str = "") -> Objection:
    """The person is right: the permit ends, and so does any other that opens the same to the same viewer."""
    _settle(actor, objection, Objection.State.UPHELD, note)
    if objection.permit is not None:
        for same in Permit.objects.same_as(objection.permit).filter(state=Permit.State.GRANTED):
            permits.revoke(actor, same)
    return objection


@action(Event.OBJECTION_OVERRULED)
def overrule(actor: Person, objection: Objection, *, note: str) -> Objection:
    """The permit is reinstated; the person reads why."""
    if not note.strip():
        raise ValidationError({"note": "Say why. The person reads it."})
    return _settle(actor, objection, Objection.State.OVERRULED, note)


@action(Event.OBJECTION_RAISED)
def signals_off(actor: Person) -> Objection:
    """No signals of waste are made about this person from now on, and none stand. Nobody has to agree."""
    try:
        with transaction.atomic():
            made = Objection.objects.create(person=actor, state=Objection.State.IN_FORCE)
    except IntegrityError:
        raise ValidationError("Hints are already turned off.") from None
    forgetting.end_for([actor])
    return made


@action(Event.OBJECTION_WITHDRAWN)
def withdraw_objection(actor: Person, objection: Objection) -> Objection:
    """A suspended permit is reinstated; signals are made again."""
    if not Objection.objects.in_force().filter(pk=objection.pk).update(state=Objection.State.WITHDRAWN):
        raise ValidationError(ALREADY)
    settle(objection)
    objection.refresh_from_db()
    return objection


@action(Event.DATA_EXPORTED)
def exported(actor: Person, person: Person) -> Person:
    """One's own data leave the portal in a file: on record, so that a stranger's export is noticed."""
    return person


@action(Event.PERSON_ERASED)
def erase(actor: Person, person: Person, *, typed: str) -> Person:
    """Erase a person who has left, for good; ``typed``: their e-mail. Raises ValidationError with all hindrances."""
    if not actor.has_perm(RightsPermission.ERASE):
        raise ValidationError("You need the right to erase. An admin can give you a role with it.")
    Person.objects.select_for_update().get(pk=person.pk)
    if wrong := hindrances(person):
        raise ValidationError(wrong)
    if typed.strip().lower() != person.email.lower():
        raise ValidationError({"typed": "That is not the e-mail of this person. Nothing was erased."})
    forget(person)  # how many rows that were is not told to the trail: it is a figure about one person
    person.refresh_from_db()
    return person


def _in_time(event: Event, forget: Callable[[date, int], int]) -> Callable[..., int]:
    """A verb of retention: ``forget`` what is from before a day, some rows at most. How many rows that were."""

    @action(event)
    def verb(actor: Person | str, *, before: date, rows: int) -> int:
        gone = forget(before, rows)
        detail(before=str(before), rows=gone)
        return gone

    return verb


fold = _in_time(Event.USAGE_FOLDED, anonymize.fold)
fold_items = _in_time(Event.ITEMS_FOLDED, anonymize.fold_items)
forget_item_texts = _in_time(Event.ITEM_TEXTS, anonymize.forget_item_texts)
drop_signals = _in_time(Event.SIGNALS_DROPPED, forgetting.drop)
drop_looks = _in_time(Event.LOOKS_DROPPED, Look.objects.drop)


@action(Event.VISIBILITY_CHANGED)
def note_settings(actor: str, *, values: dict[str, Any], changes: list[list[Any]]) -> VisibilitySettings:
    detail(changes=[f"{name}: {before} → {after}" for name, before, after in changes])
    return VisibilitySettings.objects.create(values=values, changes=changes)


def _tell_waits(actor: Person, row: CorrectionRequest | Objection, did: str, *, why: str) -> None:
    people = others(deciding(RightsPermission.DECIDE, row), actor)
    tell(people, "dispute.waits", row, row.get_absolute_url(), who=str(actor), did=did, why=why)


def _tell_decided(actor: Person, row: CorrectionRequest | Objection, did: str, note: str) -> None:
    settle(row, "dispute.waits")
    people, link = others([row.person], actor), row.get_absolute_url()
    tell(people, "dispute.decided", row, link, who=str(actor), did=did, note=note.strip())


def _decide(
    actor: Person, asked: CorrectionRequest, state: CorrectionRequest.State, note: str
) -> CorrectionRequest:
    if not asked.permits(actor, RightsPermission.DECIDE):
        raise ValidationError(OTHERS_DECIDE)
    decided = {"state": state, "decided_by": actor, "decided_at": timezone.now(), "note": note.strip()}
    if not CorrectionRequest.objects.waiting().filter(pk=asked.pk).update(**decided):
        raise ValidationError(ALREADY)
    asked.refresh_from_db()
    did = "accepted" if state == CorrectionRequest.State.ACCEPTED else "declined"
    _tell_decided(actor, asked, f"{did} your correction", note)
    return asked


def _settle(actor: Person, objection: Objection, state: Objection.State, note: str) -> Objection:
    open_one = Objection.objects.to_permits().filter(pk=objection.pk, state=Objection.State.OPEN)
    if not open_one.exists():
        raise ValidationError(ALREADY)
    if not objection.permits(actor, RightsPermission.DECIDE):
        raise ValidationError(OTHERS_DECIDE)
    open_one.update(state=state, decided_by=actor, decided_at=timezone.now(), note=note.strip())
    objection.refresh_from_db()
    on(objection)
    detail(note=note)
    did = "upheld" if state == Objection.State.UPHELD else "overruled"
    _tell_decided(actor, objection, f"{did} your objection", note)
    return objection
