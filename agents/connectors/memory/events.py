"""Audit events of notes: what their person does with them. What an agent notes is in the trail as a call."""

from django.db import models


class MemoryEvent(models.TextChoices):
    NOTE_ADDED = "memory.note_added", "{actor} added {target}"
    NOTE_EDITED = "memory.note_edited", "{actor} changed {target}"
    NOTE_OWNED = "memory.note_owned", "{actor} made the text of {target} their own words"
    NOTE_DISOWNED = "memory.note_disowned", "{actor} took back that {target} is their own words"
    NOTE_DELETED = "memory.note_deleted", "{actor} deleted {target}"
    LINE_ACCEPTED = "memory.line_accepted", "{actor} accepted {target}"
    LINE_DECLINED = "memory.line_declined", "{actor} declined {target}"
    DREAM_ACCEPTED = (
        "memory.dream_accepted",
        "{actor} accepted {lines} lines of a dream of {target}|{actor} accepted lines of a dream of {target}",
    )
    SWEPT = "memory.swept", "Notes and proposals whose days were over are deleted"
