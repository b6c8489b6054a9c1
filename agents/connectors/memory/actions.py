"""What a person does with their notes: add, edit, delete, make their own words. An agent can do none of this."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from agents.connectors.memory.capabilities import LONGEST, MOST_DAYS, MOST_NOTES
from agents.connectors.memory.events import MemoryEvent
from agents.connectors.memory.models import DreamLine, MemoryNote
from agents.storable import storable
from portal.audit.record import action, detail
from portal.people.models import Person

CHANGED = "This note has changed since you opened the page. Read it again before you decide."
GONE = "This note is not there any more."


@action(MemoryEvent.NOTE_ADDED)
def add(actor: Person, agent: models.Model, *, connection: models.Model, text: str) -> MemoryNote:
    """The person's own words from the beginning, kept for as long as a note can be."""
    mine = MemoryNote.objects.of(connection.pk, agent.pk, actor.pk).live()
    if mine.count() >= MOST_NOTES:
        raise ValidationError(f"A memory holds {MOST_NOTES:,} notes at most. Delete some first.")
    detail(agent=agent.pk)
    return MemoryNote.objects.create(
        agent_id=agent.pk,
        person=actor,
        connection_id=connection.pk,
        text=_one_line(text),
        from_others=False,
        own_at=timezone.now(),
        expires_at=Now() + timedelta(days=MOST_DAYS),
    )


@action(MemoryEvent.NOTE_EDITED)
def edit(actor: Person, note: MemoryNote, *, text: str, own: bool) -> MemoryNote:
    """Other words are the person's own only if they say so anew. Where the note came from stays."""
    held = _held(note)
    held.text = _one_line(text)
    held.own_at = timezone.now() if own else None
    detail(own=own)
    return _saved(held)


@action(MemoryEvent.NOTE_OWNED)
def make_own(actor: Person, note: MemoryNote, *, version: int) -> MemoryNote:
    """Exactly the text that the person saw. From then on it is kept for as long as a note can be."""
    held = _held(note)
    if held.version != version:
        raise ValidationError(CHANGED)
    held.own_at = timezone.now()
    MemoryNote.objects.filter(pk=held.pk).update(expires_at=Now() + timedelta(days=MOST_DAYS))
    return _saved(held)


@action(MemoryEvent.NOTE_DISOWNED)
def disown(actor: Person, note: MemoryNote) -> MemoryNote:
    """It is again what it was: the agent's, or from others' text."""
    held = _held(note)
    held.own_at = None
    return _saved(held)


@action(MemoryEvent.NOTE_DELETED)
def delete(actor: Person, note: MemoryNote) -> None:
    MemoryNote.objects.filter(pk=_held(note).pk).delete()


@action(MemoryEvent.SWEPT)
def sweep(actor: str) -> int:
    """Deletes the notes and the proposals whose days are over, by the database's clock."""
    notes, lines = MemoryNote.objects.ended().delete()[0], DreamLine.objects.ended().delete()[0]
    detail(notes=notes, lines=lines)
    return notes + lines


def _one_line(text: str) -> str:
    """A note is one line, for its person and for the model alike."""
    line = " ".join(storable(text).split())
    if not line:
        raise ValidationError({"text": "A note needs words."})
    if len(line) > LONGEST:
        raise ValidationError({"text": f"A note has {LONGEST:,} characters at most."})
    return line


def _held(note: MemoryNote) -> MemoryNote:
    """The row as it is now, locked."""
    held = MemoryNote.objects.select_for_update(no_key=True).filter(pk=note.pk).first()
    if held is None:
        raise ValidationError(GONE)
    return held


def _saved(note: MemoryNote) -> MemoryNote:
    note.version += 1
    note.save(update_fields=["text", "own_at", "version"])
    MemoryNote.objects.filter(pk=note.pk).update(changed_at=Now())
    return note
