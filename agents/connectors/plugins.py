"""What a connector's folder brings, beside what the apps below take of every plug-in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from agents.connectors.base import Connector
from agents.connectors.desk import Desk
from agents.connectors.offline import Conversation, Turn, Wanted
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


@dataclass(frozen=True, slots=True)
class ReadyMade:
    """An agent that a person can begin with.

    ``envelope``: the capabilities that each of its tasks begins with; what it asks to be granted is the same. With
    ``tells`` also those by which an agent tells its person something (``Connector.tells``), with ``remembers`` those by
    which it keeps something for later tasks (``Connector.notes``, ``recalls``, ``tidies``).

    ``example``: its first task, as a person would give it. ``line``: when it is best run by itself, as a cron line.
    """

    key: str
    name: str
    purpose: str
    instructions: str
    envelope: frozenset[str]
    tells: bool = False
    remembers: bool = False
    example: str = ""
    line: str = ""


@dataclass(frozen=True, slots=True)
class OfflineSkill:
    """A job that the offline model does by fixed rules. ``act`` returns None where it is not meant."""

    says: str  # what it can do and what it needs for that
    act: Callable[[Conversation], Turn | None]


@dataclass(frozen=True, slots=True)
class Together:
    """Calls that a language model asks for in one structured answer, as one more tool.

    ``needs``, ``also``: the capabilities that it stands for, without which it is not offered, and those that it can do
    without. ``calls`` takes the model's arguments, the tools' names by capability and the conversation; it raises
    ValueError where the arguments are none.
    """

    name: str
    says: str
    schema: Mapping[str, Any]
    needs: frozenset[str]
    calls: Callable[[Mapping[str, Any], Mapping[str, str], Conversation], Wanted]
    also: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SampleAgent:
    """An agent of the sample company and its first task."""

    name: str
    purpose: str
    ready_made: str = ""
    instructions: str = ""
    task: str = ""


@dataclass(frozen=True, slots=True)
class SampleConnection:
    """A connection of the sample company, and what the company's first agent is granted there.

    ``settings`` makes what the connection needs. ``limits``: by capability, for a person's e-mail and a team's name.
    ``lacks`` says what this machine lacks for it; empty where nothing. ``agent``: one of its own that is granted this,
    and not the first one.
    """

    name: str
    why: str
    settings: Callable[[], Mapping[str, Any]]
    limits: Callable[[str, str], Mapping[str, Mapping[str, Any]]]
    lacks: Callable[[], str] = str
    agent: SampleAgent | None = None


@dataclass(frozen=True, slots=True)
class SampleNight:
    """A task that lies behind the sample company's first agent, so many nights ago.

    ``act`` makes its calls, through the gate, with a function that takes a capability and its arguments and gives the
    result; it returns what the task said at the end. ``dated`` is told when that was, with the task's number.
    ``line``: it is a run of a schedule with this cron line, which is switched off.
    """

    instruction: str
    needs: frozenset[str]
    nights: int
    hour: int
    act: Callable[[Callable[[str, Mapping[str, Any]], Any]], str]
    dated: Callable[[int, datetime], None]
    attached: str = ""
    line: str = ""


@dataclass(frozen=True, slots=True)
class Inbox:
    """What the demo's agent works on: ``names`` and ``labels`` by id, and by name why something was not copied.

    ``skipped``: what lay there and is not of the kind.
    """

    names: Mapping[str, str]
    labels: Mapping[str, Sequence[str]]
    errors: Mapping[str, str]
    skipped: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Demo:
    """The first agent's job on a copy of somebody's own things (``manage.py demo``).

    ``copy`` makes the copy and returns the connection's settings and what is in it. ``reach`` makes none: it does the
    same for a place on a server, by its address and a secret. Each thing is done when ``handle`` was called on it; its
    id is the argument ``thing``, and ``answers`` where ``draft`` writes an answer to it.
    """

    kind: str
    copy: Callable[[Path], tuple[Mapping[str, Any], Inbox]]
    read: str
    handle: str
    draft: str
    thing: str
    answers: str
    reach: Callable[[str, str], tuple[Mapping[str, Any], Inbox]] | None = None


@dataclass(frozen=True, kw_only=True)
class AgentsPlugin(MeteringPlugin):
    connectors: Sequence[Connector] = ()
    task_texts: Sequence[TaskTexts] = ()
    ready_made: Sequence[ReadyMade] = ()
    offline_skills: Sequence[OfflineSkill] = ()
    together: Sequence[Together] = ()
    sample_connections: Mapping[str, SampleConnection] = field(
        default_factory=dict
    )  # by the connector's kind
    sample_agent: Sequence[SampleAgent] = ()
    sample_nights: Sequence[SampleNight] = ()
    demo: Sequence[Demo] = ()
    # Presets of providers at which people sign in for their connections, by the name that ``PORTAL_OAUTH`` uses.
    providers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    # The verbs that connectors find at the desk (``agents.connectors.the_desk``).
    desk: Callable[[], Desk] | None = None
