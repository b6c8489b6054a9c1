"""Ready-made agents to start with. Connectors bring them."""

from dataclasses import replace

from agents.connectors import remembering, telling
from agents.connectors.plugins import AgentsPlugin, ReadyMade
from agents.registry.models import Agent
from portal import plugins


def every() -> list[ReadyMade]:
    brought = [ready for plugin in plugins.of_kind(AgentsPlugin) for ready in plugin.ready_made]
    return [replace(ready, envelope=ready.envelope | _further(ready)) for ready in brought]


def _further(ready: ReadyMade) -> frozenset[str]:
    told = telling() if ready.tells else frozenset()
    return told | remembering() if ready.remembers else told


def ready_made(key: str) -> ReadyMade | None:
    return next((ready for ready in every() if ready.key == key), None)


def needed(agent: Agent) -> frozenset[str]:
    """The capabilities that a ready-made agent works with; none for other agents."""
    ready = ready_made(agent.ready_made)
    return ready.envelope if ready else frozenset()
