"""What a connector's folder brings, beside what the apps below take of every plug-in."""

from collections.abc import Sequence
from dataclasses import dataclass

from agents.connectors.base import Connector
from metering.plugins import MeteringPlugin


@dataclass(frozen=True, slots=True)
class TaskTexts:
    """A table whose texts came from tasks: ``columns`` are emptied when the texts of the task may be kept no longer.

    ``task`` is the column with the task's number, ``written`` the one with the time.
    """

    model: str
    task: str
    written: str
    columns: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AgentsPlugin(MeteringPlugin):
    connectors: Sequence[Connector] = ()
    task_texts: Sequence[TaskTexts] = ()
