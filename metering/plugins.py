"""What apps above metering bring to it, beside what the portal takes of every plug-in."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django.db import models

from portal import plugins

if TYPE_CHECKING:
    from portal.people.models import Person

How = Literal["see", "manage", "own"]


@dataclass(frozen=True, kw_only=True)
class MeteringPlugin(plugins.Plugin):
    # The agents that a person sees, manages or owns: rows with ``pk`` and ``name``.
    agents: Callable[["Person", How], "models.QuerySet[Any, Any]"] | None = None
    # Who answers for an agent, by its number.
    agent_people: Callable[[int], Iterable["Person"]] | None = None
    # Pauses a schedule that nobody reads, by person, agent and why. True when something was paused.
    pause_schedule: Callable[[int, int, str], bool] | None = None
