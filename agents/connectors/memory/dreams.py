"""What a person does with the lines of a dream. Nothing of a dream changes a note before."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import models

from agents.connectors.memory.events import MemoryEvent
from agents.connectors.memory.models import DreamLine, MemoryNote
from portal.audit.record import action, detail
from portal.people.models import Person

OUTDATED = "A note of this line has changed or is gone since the dream. Nothing was done; the next dream sees it anew."
DECIDED = "You have decided on this line already."


@action(MemoryEvent.LINE_ACCEPTED)
def accept(actor: Person, line: DreamLine, *, keep: int | None = None) -> DreamLine:
    """``keep``: of a contradiction the note that holds."""
    held = _held(line)
    notes = _unchanged(held)
    if held.why == DreamLine.Why.CONTRADICTION:
        if keep not in held.numbers:
            raise ValidationError("Choose which of these notes holds.")
        _delete([note for note in notes if note.pk != keep])
    elif held.why == DreamLine.Why.STALE:
        _delete(notes)
    elif held.text:
        _merge(held, notes)
    else:
        _delete(notes[1:])
    detail(notes=held.numbers, why=held.why)
    return _decided(held, DreamLine.State.ACCEPTED)


@action(MemoryEvent.LINE_DECLINED)
def decline(actor: Person, line: DreamLine) -> DreamLine:
    return _decided(_held(line), DreamLine.State.DECLINED)


@action(MemoryEvent.DREAM_ACCEPTED)
def accept_trusted(actor: Person, agent: models.Model, *, seen: Collection[int]) -> list[DreamLine]:
    """Those of the lines that the person saw in which nobody else had a say. What has changed since is left."""
    rows = DreamLine.objects.visible_to(actor).open().filter(agent=agent.pk, pk__in=seen).order_by("pk")
    done = []
    for line in rows:
        if line.bulk and is_current(line):
            done.append(accept(actor, line))
    detail(lines=len(done))
    return done


def is_current(line: DreamLine) -> bool:
    """Are its notes as they were when the dream proposed it?"""
    found = MemoryNote.objects.visible_to(line.person).live().filter(pk__in=line.numbers)
    return dict(line.notes) == dict(found.values_list("pk", "version"))


def _unchanged(line: DreamLine) -> list[MemoryNote]:
    """Its notes, locked, in the order of the proposal."""
    rows = MemoryNote.objects.of(line.connection_id, line.agent_id, line.person_id).live()
    locked = {note.pk: note for note in rows.filter(pk__in=line.numbers).select_for_update(no_key=True)}
    if dict(line.notes) != {number: note.version for number, note in locked.items()}:
        raise ValidationError(OUTDATED)
    return [locked[number] for number in line.numbers]


def _merge(line: DreamLine, notes: list[MemoryNote]) -> None:
    """One note for several. It is nobody's own words, and others' as soon as anything in it is."""
    read: dict[str, list[int]] = {}
    for note in notes:
        for title, calls in note.sources:
            read[title] = sorted({*read.get(title, []), *calls})
    MemoryNote.objects.create(
        agent_id=line.agent_id,
        person_id=line.person_id,
        connection_id=line.connection_id,
        task_number=line.task_number,
        text=line.text,
        from_others=line.from_others or any(note.from_others for note in notes),
        sources=[[title, calls] for title, calls in read.items()],
        expires_at=max(note.expires_at for note in notes),
    )
    _delete(notes)


def _delete(notes: list[MemoryNote]) -> None:
    MemoryNote.objects.filter(pk__in=[note.pk for note in notes]).delete()


def _held(line: DreamLine) -> DreamLine:
    held = DreamLine.objects.select_for_update(no_key=True).get(pk=line.pk)
    if held.state != DreamLine.State.OPEN:
        raise ValidationError(DECIDED)
    return held


def _decided(line: DreamLine, state: DreamLine.State) -> DreamLine:
    line.state = state
    line.save(update_fields=["state"])
    return line
