"""The ``memory`` connector: notes that an agent writes for later tasks of the same person, and looks up there."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.apps import apps
from django.db import transaction
from django.db.models.functions import Now

from agents.connectors.base import (
    CallContext,
    Checked,
    ConnectionContext,
    Connector,
    ConnectorError,
    Example,
    Result,
)
from agents.connectors.memory.capabilities import (
    LONGEST,
    MOST_DAYS,
    MOST_NOTES,
    NOTE,
    PROPOSE,
    RECALL,
    USUAL_DAYS,
    USUAL_LENGTH,
    USUAL_NOTES,
)
from agents.connectors.memory.dreaming import DREAM
from agents.connectors.memory.proposing import propose, proposed
from agents.policy.results import Writer
from agents.storable import storable
from portal.words import plural

PAGE = 20  # notes that are recalled at once
MOST_SOURCES, MOST_CALLS = 20, 50  # kept with a note


class Memory(Connector):
    kind = "memory"
    title = "Memory"
    description = (
        "Notes that an agent keeps between tasks. Each person has their own, and sees and edits them."
    )
    icon = "bookmark-square"
    capabilities = (NOTE, RECALL, PROPOSE)
    deeds = {
        NOTE.name: ("write a note", "wrote a note"),
        RECALL.name: ("recall notes", "recalled notes"),
        PROPOSE.name: ("propose a change to its notes", "proposed a change to its notes"),
    }
    counted = {NOTE.name: {"noted": 1}, PROPOSE.name: {"proposed": 1}}
    settings_form = forms.Form  # nothing to set: notes are kept in this portal
    notes, recalls, tidies = NOTE.name, RECALL.name, PROPOSE.name
    keeps_origins = True
    examples = (Example(DREAM, frozenset({RECALL.name, PROPOSE.name})),)

    def check(self, connection: ConnectionContext) -> Checked:
        # How much others note there is theirs to know.
        return Checked("ready", {capability.name: "" for capability in self.capabilities})

    def perform(self, connection: ConnectionContext, call: CallContext) -> Result:
        match call.capability:
            case NOTE.name:
                return self._note(connection, call)
            case RECALL.name:
                return self._recall(connection, call)
            case PROPOSE.name:
                return propose(connection, call)
        raise ConnectorError(f"A memory cannot do “{call.capability[:80]}”.")

    def reconcile(self, connection: ConnectionContext, call: CallContext) -> Result | None:
        if call.capability == PROPOSE.name:
            line = apps.get_model("memory", "DreamLine").objects.filter(key=call.key).first()
            return None if line is None else proposed(line)
        note = _table().filter(key=call.key).values_list("pk", flat=True).first()
        return None if note is None else _noted(note)

    def _note(self, connection: ConnectionContext, call: CallContext) -> Result:
        text = " ".join(storable(str(call.arguments["text"])).split())
        most, longest, days = _bounds(call.bounds)
        if not text:
            raise ConnectorError("A note needs words.")
        if len(text) > longest:
            raise ConnectorError(f"A note here has {longest:,} characters at most. Say it shorter.")
        with transaction.atomic():
            # One at a time on this connection: else two would pass the same limit together.
            places = apps.get_model("agents", "Connection").objects.select_for_update(no_key=True)
            places.filter(pk=connection.id).first()
            held = _table().of(connection.id, call.agent, call.person)
            if note := held.filter(key=call.key).first():
                if note.text != text and note.version == 1:  # later ones are its person's words
                    raise ConnectorError(
                        "Another note was written for this call before. Nothing was written now."
                    )
                return _noted(note.pk)
            if held.live().count() >= most:
                raise ConnectorError(
                    f"The memory is full: {plural(most, 'note')} for each person. Its person can delete some."
                )
            made = _table().create(
                key=call.key,
                agent_id=call.agent,
                person_id=call.person,
                connection_id=connection.id,
                task_number=call.task,
                text=text,
                from_others=call.from_others,
                sources=_sources(call) if call.from_others else [],
                expires_at=Now() + timedelta(days=days),
            )
        return _noted(made.pk)

    def _recall(self, connection: ConnectionContext, call: CallContext) -> Result:
        asked = call.arguments
        rows = _table().of(connection.id, call.agent, call.person).live()
        if str(asked.get("of") or "").strip().lower() == "trusted":
            rows = rows.trusted()
        rows = rows.about(storable(str(asked.get("about") or ""))[:300])
        page = asked.get("page")
        start = (min(max(page, 1), MOST_NOTES) - 1) * PAGE if isinstance(page, int) else 0
        found, number = list(rows[start : start + PAGE]), rows.count()
        data = {
            "notes": [told(note) for note in found],
            "pages": -(-number // PAGE),
            "all": number,
            "today": datetime.now(UTC).date().isoformat(),
        }
        return Result(
            data, f"Recalled {plural(len(found), 'note')}", {"recalled": len(found)} if found else {}
        )


def _table() -> Any:
    return apps.get_model("memory", "MemoryNote").objects


def told(note: Any) -> dict[str, Any]:
    """A note as the model reads it. What the rules go by is ``written_by``."""
    told = {
        "note": note.pk,
        "text": note.text,
        "written_by": note.writer.value,
        "noted": note.written_at.date().isoformat(),
    }
    if note.writer is Writer.OTHERS:
        read = ", ".join(title for title, _ in note.sources) or "text from elsewhere"
        told["after"] = f"task {note.task_number}: {read}"
    return told


def _noted(number: int) -> Result:
    return Result({"note": number}, "Wrote a note", {"noted": 1})


def _bounds(given: Mapping[str, int]) -> tuple[int, int, int]:
    return (
        min(given.get("notes", USUAL_NOTES), MOST_NOTES),
        min(given.get("length", USUAL_LENGTH), LONGEST),
        min(given.get("days", USUAL_DAYS), MOST_DAYS),
    )


def _sources(call: CallContext) -> list[list[Any]]:
    return [
        [storable(title)[:120], list(calls)[:MOST_CALLS]]
        for title, calls in list(call.sources.items())[:MOST_SOURCES]
    ]
