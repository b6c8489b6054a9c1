"""The shape of deployments, whichever system does them: service, environment, version, run, check. Pure.

A back end gives these and nothing else, so that pages, rules and whoever watches a deployment need to know none of
them. Times have a zone. Texts of people who write code (titles, names of versions, logs) are anybody's words.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import PurePosixPath


class Kind(StrEnum):
    """Why a run began."""

    START = "start"
    PROMOTE = "promote"
    ROLLBACK = "rollback"


class RunState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"  # its process ended in the middle: ``Run.after`` says which release runs


OVER = frozenset({RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELLED, RunState.LOST})


class CheckState(StrEnum):
    GREEN = "green"
    PENDING = "pending"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Service:
    """``environments`` in the order in which a version goes through them: staging before production."""

    name: str
    environments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """A name that people gave (a tag, a branch) and what it names: the commit. Only the commit stays the same."""

    name: str
    commit: str
    by: str = ""
    at: datetime | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """What a machine said about a commit: tests, a scan."""

    name: str
    state: CheckState
    note: str = ""


@dataclass(frozen=True, slots=True)
class Commit:
    id: str
    title: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Changed:
    """A file. ``how``: added, changed or removed."""

    path: str
    how: str


@dataclass(frozen=True, slots=True)
class Diff:
    """From what runs to what would: ``commits`` come, ``back`` are taken back (a roll-back), the newest first.

    ``more``: commits and files beyond those listed.
    """

    commits: tuple[Commit, ...] = ()
    back: tuple[Commit, ...] = ()
    files: tuple[Changed, ...] = ()
    more: int = 0

    @property
    def migrations(self) -> tuple[Changed, ...]:
        return tuple(one for one in self.files if is_migration(one.path))

    @property
    def configuration(self) -> tuple[Changed, ...]:
        return tuple(one for one in self.files if is_configuration(one.path))


@dataclass(frozen=True, slots=True)
class Job:
    """A part of a run."""

    name: str
    state: RunState
    began: datetime | None = None
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One deployment to one environment. ``key`` is that of the call that began it; empty where none of ours did.

    ``before`` ran when it began; ``after`` runs since it is over, as far as that is known. ``why``: a sentence.
    """

    id: str
    service: str
    environment: str
    kind: Kind
    version: Version
    state: RunState
    began: datetime
    ended: datetime | None = None
    before: Version | None = None
    after: Version | None = None
    why: str = ""
    key: str = ""
    jobs: tuple[Job, ...] = field(default=())

    @property
    def over(self) -> bool:
        return self.state in OVER


@dataclass(frozen=True, slots=True)
class Running:
    """What an environment runs: ``version`` None where nothing was deployed yet; ``run`` is the latest one there."""

    service: str
    environment: str
    version: Version | None
    since: datetime | None = None
    run: Run | None = None


def green(checks: Sequence[Check], wanted: Sequence[str] = ()) -> bool:
    """All green, and there is at least one; where names are ``wanted``, those are there and green."""
    states = {one.name: one.state for one in checks}
    if wanted:
        return all(states.get(name) is CheckState.GREEN for name in wanted)
    return bool(states) and set(states.values()) == {CheckState.GREEN}


MIGRATIONS = {"migrations", "migrate", "alembic"}
SETTINGS = {".toml", ".yaml", ".yml", ".ini", ".cfg", ".conf", ".env", ".properties"}
SETTINGS_NAMES = {"settings", "config", "configuration", "conf", ".env", "dockerfile", "procfile"}


def is_migration(path: str) -> bool:
    """Does it change a database? Going back to an older release does not take that back."""
    place = PurePosixPath(path.lower())
    return bool(MIGRATIONS.intersection(place.parts[:-1])) or place.suffix == ".sql"


def is_configuration(path: str) -> bool:
    place = PurePosixPath(path.lower())
    return place.suffix in SETTINGS or bool(
        SETTINGS_NAMES.intersection({*place.parts[:-1], place.stem, place.name})
    )


@dataclass(frozen=True, slots=True)
class Figures:
    """How an environment of a service did: never a figure about a person. None where there is nothing to measure.

    ``lead``: from a version's commit to its deployment. ``failing``: the share of deployments that failed or were
    rolled back. ``restore``: from a deployment that failed to the next one that succeeded. Medians.
    """

    runs: int
    lead: timedelta | None
    failing: float | None
    restore: timedelta | None


def figures(runs: Sequence[Run]) -> Figures:
    """``runs`` of one service and environment, in any order."""
    over = sorted((run for run in runs if run.over), key=lambda run: run.began)
    changes = [run for run in over if run.kind is not Kind.ROLLBACK and run.state is not RunState.CANCELLED]
    bad = {run.id for run in changes if run.state is not RunState.SUCCEEDED}
    restores, broken = [], None
    for earlier, run in zip([None, *over], over, strict=False):
        if run.kind is Kind.ROLLBACK and earlier is not None and earlier.kind is not Kind.ROLLBACK:
            bad |= {earlier.id} & {one.id for one in changes}
            broken = broken or earlier.ended or earlier.began
        if run.id in bad:
            broken = broken or run.ended or run.began
        elif run.state is RunState.SUCCEEDED and broken is not None:
            restores.append(max((run.ended or run.began) - broken, timedelta()))
            broken = None
    leads = [
        (run.ended or run.began) - run.version.at
        for run in changes
        if run.state is RunState.SUCCEEDED and run.version.at is not None
    ]
    return Figures(
        len(changes),
        _median(leads),
        len(bad) / len(changes) if changes else None,
        _median(restores),
    )


def _median(spans: Sequence[timedelta]) -> timedelta | None:
    ordered, middle = sorted(spans), len(spans) // 2
    if not ordered:
        return None
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
