"""What a connector's folder brings, beside what the apps below take of every plug-in."""

from collections.abc import Sequence
from dataclasses import dataclass

from agents.connectors.base import Connector
from metering.plugins import MeteringPlugin


@dataclass(frozen=True, kw_only=True)
class AgentsPlugin(MeteringPlugin):
    connectors: Sequence[Connector] = ()
