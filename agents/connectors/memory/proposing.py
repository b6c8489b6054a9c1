"""A dream's proposal as the connector takes it down: one line a call, and no note is changed."""

from typing import Any

from django.apps import apps
from django.db import transaction

from agents.connectors.base import CallContext, ConnectionContext, ConnectorError, Result
from agents.connectors.memory.capabilities import CONTRADICTION, DUPLICATES, STALE
from agents.storable import storable
from portal.words import plural

MOST_LINES = 100  # of one dream


def propose(connection: ConnectionContext, call: CallContext) -> Result:
    asked = call.arguments
    why, text = str(asked["why"]), " ".join(storable(str(asked.get("text") or "")).split())
    wanted = [int(number) for number in dict.fromkeys(map(str, asked["notes"])) if number.isdecimal()]
    if why not in (DUPLICATES, STALE, CONTRADICTION):
        raise ConnectorError(f"Say why with one of these words: {DUPLICATES}, {STALE}, {CONTRADICTION}.")
    if len(wanted) < (1 if why == STALE else 2):
        raise ConnectorError("A line names the notes that it is about: two or more, or one that is stale.")
    with transaction.atomic():
        lines = apps.get_model("memory", "DreamLine").objects
        rows = lines.of(connection.id, call.agent, call.person).select_for_update(no_key=True)
        if made := rows.filter(key=call.key).first():
            if (made.why, made.text) != (why, text if why == DUPLICATES else ""):
                raise ConnectorError(
                    "Another line was proposed for this call before. Nothing was proposed now."
                )
            return proposed(made)
        notes = _notes(connection, call, wanted)
        rows.open().filter(task_number__lt=call.task).update(state="replaced")
        if rows.filter(task_number=call.task).count() >= MOST_LINES:
            raise ConnectorError(f"A dream has {MOST_LINES} lines at most. The next one goes on.")
        return proposed(
            lines.create(
                key=call.key,
                agent_id=call.agent,
                person_id=call.person,
                connection_id=connection.id,
                task_number=call.task,
                why=why,
                notes=[[note.pk, note.version] for note in notes],
                text=text if why == DUPLICATES else "",
                from_others=call.from_others or any(note.from_others for note in notes),
            )
        )


def _notes(connection: ConnectionContext, call: CallContext, wanted: list[int]) -> list[Any]:
    """In the order in which they were named."""
    held = apps.get_model("memory", "MemoryNote").objects.of(connection.id, call.agent, call.person).live()
    found = held.in_bulk(wanted)
    if missing := [number for number in wanted if number not in found]:
        raise ConnectorError(f"There is no note {missing[0]} in this memory.")
    return [found[number] for number in wanted]


def proposed(line: Any) -> Result:
    about = plural(len(line.notes), "note")
    return Result({"line": line.pk}, f"Proposed a line about {about}", {"proposed": 1})
