"""Entries in words. Every app adds its events once (``events.py``): the label is the verb of the sentence."""

from django.db import models

_labels: dict[str, str] = {}


def register(events: type[models.TextChoices]) -> None:
    """Make the labels of an app's events known. Called by the app's ``ready``."""
    for event in events:
        _labels[event.value] = str(event.label)


def all_events() -> list[tuple[str, str]]:
    return sorted(_labels.items())


def sentence(event: str, actor: str, target: str) -> str:
    """``Ada Osei granted mail.read``: actor, the event's label (``{target}`` marks its place), target."""
    label = _labels.get(event, event)
    rest = label.replace("{target}", target) if "{target}" in label else f"{label} {target}"
    return f"{actor} {rest}".strip()
