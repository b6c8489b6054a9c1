"""The connectors there are. One folder, one line in ``settings.PLUGINS``."""

from functools import cache

from django.utils.text import capfirst

from agents.connectors.base import Connector
from agents.connectors.desk import Desk
from agents.connectors.plugins import AgentsPlugin
from agents.policy.declarations import Capability
from portal import plugins


@cache
def connectors() -> dict[str, Connector]:
    brought = plugins.of_kind(AgentsPlugin)
    return {connector.kind: connector for plugin in brought for connector in plugin.connectors}


def the_desk() -> Desk:
    """What connectors may ask of the portal for a person who wrote there."""
    return next(plugin.desk() for plugin in plugins.of_kind(AgentsPlugin) if plugin.desk)


def telling() -> frozenset[str]:
    """The capabilities by which an agent tells its person something."""
    return frozenset(connector.tells for connector in connectors().values() if connector.tells)


def recalling() -> frozenset[str]:
    """The capabilities by which an agent looks up what it noted in earlier tasks."""
    return frozenset(connector.recalls for connector in connectors().values() if connector.recalls)


def remembering() -> frozenset[str]:
    """The capabilities by which an agent keeps something for later tasks, looks it up and tidies it."""
    every = connectors().values()
    names = (name for connector in every for name in (connector.notes, connector.recalls, connector.tidies))
    return frozenset(name for name in names if name)


def catalogue() -> dict[str, Capability]:
    return {
        capability.name: capability
        for connector in connectors().values()
        for capability in connector.capabilities
    }


def always_second() -> frozenset[str]:
    """The capabilities that want a second person whatever they reach: deployments."""
    return frozenset(name for name, one in catalogue().items() if one.second_person == "always")


def capability_words(name: str) -> str:
    """What the capability does: ``read messages``. Its name where no connector declares it."""
    declared = catalogue().get(name)
    return declared.title if declared else name


def capability_title(name: str) -> str:
    """The same as a line of its own: ``Read messages``."""
    return capfirst(capability_words(name))


def way(name: str) -> str:
    """By which way a person answered: on a page, or in a connector's system."""
    return f"in {connectors()[name].title}" if name in connectors() else f"on the {name}"


def deed(name: str) -> tuple[str, str]:
    """A capability as something to do and as something done: ``post``, ``posted``."""
    found = (connector.deeds[name] for connector in connectors().values() if name in connector.deeds)
    return next(found, (f"use {name}", f"used {name}"))
