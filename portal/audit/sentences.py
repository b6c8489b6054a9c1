"""Entries as sentences about what happened. The label of an event (``events.py``) is the sentence's template.

A template holds alternatives, separated by ``|``. The first whose fields the entry has is taken, so old entries still
read. Fields are the entry's details (kinds: ``portal.reasons``), ``actor``, ``target``, ``Target`` (it begins the
sentence), ``whose`` (“Mia Park’s”, “their own” or “your”) and ``theirs`` (or “yours”).
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from portal import plugins
from portal.reasons import OTHERS, fields, fill


@cache
def templates() -> dict[str, list[str]]:
    """Of each event its alternatives."""
    brought = [plugin.events for plugin in plugins.installed() if plugin.events]
    return {event.value: str(event.label).split("|") for events in brought for event in events}


def all_events() -> list[tuple[str, str]]:
    """Each event with what it is called in a list of them."""
    blank = {"actor": "", "target": "…", "Target": "…", "whose": "…", "theirs": "theirs"}
    named = {event: fill(found[-1], blank, OTHERS).strip(" …") for event, found in templates().items()}
    return sorted((event, words[:1].upper() + words[1:]) for event, words in named.items())


def sentence(
    event: str,
    actor: str,
    target: str,
    details: Mapping[str, Any] | None = None,
    *,
    whose: str = "",
    theirs: str = "theirs",
) -> str:
    """``Ada Osei invited Mia Park``. ``whose`` and ``theirs``: the target's and the actor's, if not so called."""
    values = {
        **(details or {}),
        "actor": actor,
        "target": target,
        "Target": target[:1].upper() + target[1:],
        "whose": whose or f"{target}’s",
        "theirs": theirs,
    }
    found = templates().get(event, [f"{{actor}} {event} {{target}}"])
    whole = (
        template
        for template in found
        if all(values.get(name) not in (None, "", []) for name, _ in fields(template))
    )
    return " ".join(fill(next(whole, found[-1]), values, OTHERS).split())
