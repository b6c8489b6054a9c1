"""Where the contract suite tries a connector: each brings a ``tests/playground.py`` with one function.

``playground(folder, settings)`` makes, below ``folder`` and nowhere else, all that a working connection needs.
"""

import importlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.connectors.base import CallContext, ConnectionContext, Result

# What ``test_secrets_stay`` gives to each connection; of several secrets each has its name behind it.
SECRET = 'k7-geheim/4711+"quote"\'s'
FOLDER = Path(importlib.import_module("agents.connectors").__path__[0])


@dataclass(frozen=True)
class Playground:
    """``arguments``: for every capability some with which it works. ``root``: the connection's folder, if any.

    ``folders``: in which the calls of each capability look, where the root holds many more. ``apart``: within it
    nothing is handed to other programs, which no watch sees: they answer what they answered before.
    """

    connection: ConnectionContext
    arguments: Mapping[str, Mapping[str, Any]]
    root: Path | None = None
    gone: ConnectionContext | None = None  # one whose place is gone, where there is a place
    folders: Mapping[str, Sequence[Path]] | None = None
    apart: Callable[[], AbstractContextManager[None]] = nullcontext
    agent: int = 0
    person: int = 0

    def call(
        self, capability: str, key: str = "00000000-0000-4000-8000-000000000001", **changed: Any
    ) -> CallContext:
        arguments = {**self.arguments.get(capability, {}), **changed}
        return CallContext(capability, arguments, key, self.agent, "An agent", 1, self.person)


def kinds() -> list[str]:
    """The connectors there are, by their folders."""
    return sorted(path.parent.name for path in FOLDER.glob("*/__init__.py"))


def ended(kind: str) -> Result:
    """What a connector that brings items only at a good end says then: ``ENDED`` in its playground."""
    found = getattr(importlib.import_module(f"agents.connectors.{kind}.tests.playground"), "ENDED", None)
    assert found is None or isinstance(found, Result)
    return found or Result(None, "")


def made(kind: str, folder: Path, settings: Any) -> Playground:
    found = importlib.import_module(f"agents.connectors.{kind}.tests.playground").playground(folder, settings)
    assert isinstance(found, Playground)
    return found
