"""Entries in words. Every app adds its events once (``events.py``): the label is the verb of the sentence."""

from functools import cache

from portal import plugins


@cache
def _labels() -> dict[str, str]:
    events = [plugin.events for plugin in plugins.installed() if plugin.events]
    return {event.value: str(event.label) for each in events for event in each}


def all_events() -> list[tuple[str, str]]:
    return sorted(_labels().items())


def sentence(event: str, actor: str, target: str) -> str:
    """``Ada Osei granted mail.read``: actor, the event's label (``{target}`` marks its place), target."""
    label = _labels().get(event, event)
    rest = label.replace("{target}", target) if "{target}" in label else f"{label} {target}"
    return f"{actor} {rest}".strip()
