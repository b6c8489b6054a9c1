"""The things into which a task put what others wrote: such a thing speaks for no call that cannot be taken back.

A path stands for what lies below it and is part of what lies above it, so a file that is saved in a folder is in the
folder, and what comes out of the folder may be the file.
"""

import posixpath

from agents.policy.language.tokens import compared

STEPS = "/\\.:#"  # what divides the levels of an identifier


class Mixed:
    """By identifier: its kind, and the call that put it there first."""

    def __init__(self) -> None:
        self._put: dict[str, tuple[str, int]] = {}

    def put(self, kind: str, identifier: str, call: int) -> None:
        if identifier:
            self._put.setdefault(_levelled(identifier), (kind, call))

    def call(self, kind: str, identifier: str) -> int | None:
        """The call that put something there, above it or below it; None: none did."""
        wanted = _levelled(identifier)
        for thing, (its, call) in self._put.items():
            same = not kind or not its or kind == its or not wanted.isdecimal()
            if same and (thing == wanted or _below(thing, wanted) or _below(wanted, thing)):
                return call
        return None


def _levelled(identifier: str) -> str:
    shown = compared(identifier)
    return posixpath.normpath(shown).rstrip("/") if "/" in shown else shown


def _below(inner: str, outer: str) -> bool:
    return inner.startswith(outer) and inner[len(outer) : len(outer) + 1] in STEPS
