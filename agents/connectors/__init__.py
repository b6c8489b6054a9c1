"""The connectors there are. One folder, one line in ``settings.PLUGINS``."""

from functools import cache

from agents.connectors.base import Connector
from agents.connectors.plugins import AgentsPlugin
from agents.policy.declarations import Capability
from portal import plugins


@cache
def connectors() -> dict[str, Connector]:
    """Every connector by its kind."""
    brought = plugins.of_kind(AgentsPlugin)
    return {connector.kind: connector for plugin in brought for connector in plugin.connectors}


def telling() -> frozenset[str]:
    """The capabilities by which an agent tells its person something."""
    return frozenset(connector.tells for connector in connectors().values() if connector.tells)


def catalogue() -> dict[str, Capability]:
    """Every declared capability by its name."""
    return {
        capability.name: capability
        for connector in connectors().values()
        for capability in connector.capabilities
    }


def to_do(name: str) -> str:
    """A capability as something to do: ``post``."""
    return _deed(name)[0]


def did(name: str) -> str:
    """A capability as something done: ``posted``."""
    return _deed(name)[1]


def _deed(name: str) -> tuple[str, str]:
    found = (connector.deeds[name] for connector in connectors().values() if name in connector.deeds)
    return next(found, (f"use {name}", f"used {name}"))
