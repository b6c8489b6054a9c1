"""Verbs of work items: credit to a task, verify, ask a colleague, confirm, undo; and the thumb on one's own task."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone

from metering.events import Event
from metering.outcomes import writing
from metering.outcomes.claims import Claim, Reversal, Word
from metering.outcomes.models import Acceptance, Feedback, WorkItem
from metering.outcomes.reciprocity import WINDOW, closed_by
from metering.outcomes.writing import Taken
from portal.audit.record import action, detail
from portal.locking import lock_until_commit
from portal.notices.telling import settle, tell
from portal.people.models import Person


@action(Event.ITEM_CLAIMED)
def claim(actor: Person | str, claimed: Claim) -> WorkItem:
    """A task carries an item, which may be another task's already. Raises ValidationError for what names none."""
    if claimed.by_hand and not (isinstance(actor, Person) and actor.pk == claimed.credited.person_id):
        raise ValidationError("Only the task's owner can add this item.")
    taken = writing.carry([claimed])
    for _, reason in taken.refused:
        raise ValidationError({"external_id": reason})
    item = WorkItem.objects.get(system=claimed.key[0], identity=claimed.key[1])
    detail(
        source=claimed.credited.source,
        task=claimed.credited.task,
        by_hand=claimed.by_hand,
        new=bool(taken.done),
    )
    return item


@action(Event.ITEMS_CLAIMED)
def claim_many(actor: Person | str, claims: Iterable[Claim]) -> Taken:
    """The same for a batch with a system's own word, as an import brings it. What is refused says why."""
    return _told(writing.carry(claims))


@action(Event.ITEM_VERIFIED)
def verify(actor: str, item: WorkItem, *, at: datetime, by_id: int | None = None) -> WorkItem:
    """Its system says that it is done since ``at``, perhaps by ``by_id``. Raises ValidationError."""
    return _one(
        item,
        writing.verify([Word(item.system, item.external_id, at, by_id)]),
        "This item is already verified.",
    )


@action(Event.ITEMS_VERIFIED)
def verify_many(actor: Person | str, words: Iterable[Word]) -> Taken:
    return _told(writing.verify(words))


@action(Event.ITEM_REVERSED)
def reverse(actor: Person | str, item: WorkItem, *, at: datetime | None = None, note: str = "") -> WorkItem:
    """It was undone. Within 30 days of its verification that voids it; later it is only on record."""
    undone = Reversal(item.system, item.external_id, at or timezone.now(), note)
    _one(item, writing.reverse([undone]), "This item was already reversed.")
    detail(voids=item.voided)
    return item


@action(Event.ITEMS_REVERSED)
def reverse_many(actor: Person | str, reversals: Iterable[Reversal]) -> Taken:
    return _told(writing.reverse(reversals))


@action(Event.ITEM_ASKED)
def ask(actor: Person, item: WorkItem, *, colleague: Person) -> WorkItem:
    """Ask a colleague to say whether it is done: for a system that nobody can ask."""
    row = _confirmable(item)
    if actor.pk != row.person_id:
        raise ValidationError("Only the task's owner can ask.")
    if colleague.pk == row.person_id or not colleague.is_active:
        raise ValidationError({"colleague": "Choose a colleague. You cannot confirm your own work."})
    row.asked_of, row.asked_at, row.declined_at = colleague, timezone.now(), None
    row.save(update_fields=["asked_of", "asked_at", "declined_at"])
    detail(of=colleague.pk)
    settle(row)
    tell([colleague], "item.waits", row, row.get_absolute_url(), who=str(actor))
    return row


@action(Event.ITEM_CONFIRMED)
def confirm(actor: Person, item: WorkItem) -> WorkItem:
    """The colleague who was asked says yes. In a circle of mutual acceptance that counts for nobody in it."""
    lock_until_commit("metering_confirming")  # two that close a circle must see each other
    row = _confirmable(item)
    if actor.pk != row.asked_of_id or actor.pk == row.person_id or row.declined_at is not None:
        raise ValidationError("You were not asked to confirm this item, so you cannot.")
    now = timezone.now()
    confirmed = WorkItem.objects.filter(verified_by__isnull=False, verified_at__gt=now - WINDOW)
    known = confirmed.order_by().values_list("verified_by_id", "person_id")
    # In one query, so that retention cannot move a pair from one table to the other in between.
    earlier = known.union(Acceptance.objects.recent().values_list("by_id", "of_id"))
    pairs = closed_by((actor.pk, row.person_id), earlier)
    row.verified_at, row.verified_by, row.in_circle = now, actor, bool(pairs)
    row.save(update_fields=["verified_at", "verified_by", "in_circle"])
    settle(row)
    for by, of in pairs:
        confirmed.filter(verified_by=by, person=of).update(in_circle=True)
    detail(counts=row.counts)
    return row


@action(Event.ITEM_DECLINED)
def decline(actor: Person, item: WorkItem) -> WorkItem:
    """The colleague who was asked says no. Somebody else may be asked."""
    row = _confirmable(item)
    if actor.pk != row.asked_of_id or row.declined_at is not None:
        raise ValidationError("You were not asked to confirm this item, so you cannot answer.")
    row.declined_at = timezone.now()
    row.save(update_fields=["declined_at"])
    settle(row)
    return row


@action(Event.FEEDBACK_GIVEN)
def give_feedback(actor: Person, *, source: str, task: str, agent_id: int, up: bool) -> Feedback:
    """A thumb on one's own task, for the agent's owner. In no figure; the entry does not say which way."""
    return Feedback.objects.create(person=actor, source=source, task=task, agent_id=agent_id, up=up)


def _confirmable(item: WorkItem) -> WorkItem:
    """The row as it is now, locked. Raises ValidationError where no person's word counts."""
    row = WorkItem.objects.select_for_update().get(pk=item.pk)
    if row.verified_at is not None:
        raise ValidationError("This item is already confirmed.")
    if row.askable or writing.with_a_word({row.system}):
        raise ValidationError(f"“{row.system_name}” itself confirms its items, so a colleague cannot.")
    return row


def _one(item: WorkItem, taken: Taken, again: str) -> WorkItem:
    for _, reason in taken.refused:
        raise ValidationError(reason)
    if not taken.done:
        raise ValidationError(again)
    item.refresh_from_db()
    return item


def _told(taken: Taken) -> Taken:
    detail(done=taken.done, repeated=taken.repeated, refused=len(taken.refused))
    return taken
