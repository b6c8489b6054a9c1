"""What is written down of each run, in a file beside the releases, so that it outlives every process.

``runs/000007.json`` is changed by renaming a new one over it. ``runs/000007.decided`` is made once: by the run before
it changes anything that stays (``go``), or by who cancels it (``cancel``); whoever is first has decided.
"""

import contextlib
import fcntl
import json
import os
import re
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agents.connectors import confined
from agents.connectors.deployments import Job, Kind, Run, RunState, Version

GO, CANCEL = "go", "cancel"
MOST_LOG = 1_000_000  # bytes of one run
_RECORD = re.compile(r"\d+\.json")
# Why a run ended as it did; stored by its code, said with what belongs to it.
WHY = {
    "": "",
    "not_laid_out": "The release could not be laid out. {detail}",
    "command": "The {detail} command failed. The log says how.",
    "slow": "The {detail} command took longer than it may.",
    "unhealthy": "The new release did not look healthy, so the one before runs again. {detail}",
    "unhealthy_stays": "The new release does not look healthy, and it runs. {detail}",
    "cancelled": "It was cancelled before anything changed.",
    "broke": "It broke: {detail}.",
    "interrupted_old": "Its process ended in the middle. What ran before still runs.",
    "interrupted_new": "Its process ended after the switch. The new release runs, and its health was not looked at.",
    "changed": "The release that was to be copied is not what ran there any more.",
}


@dataclass(frozen=True, slots=True)
class Release:
    """A folder in ``releases`` and what it holds."""

    name: str
    version: str
    commit: str


@dataclass(frozen=True, slots=True)
class Record:
    number: int
    key: str
    kind: str
    service: str
    environment: str
    release: Release
    by: str = ""
    title: str = ""
    at: str = ""
    before: Release | None = None
    state: str = RunState.QUEUED.value
    began: str = ""
    ended: str = ""
    why: str = ""
    detail: str = ""
    jobs: tuple[dict[str, str], ...] = field(default=())
    switched: bool = False  # does its release run since it is over?
    pid: int = 0

    @property
    def over(self) -> bool:
        return bool(self.ended)


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of one environment of one service."""

    folder: Path

    @property
    def releases(self) -> Path:
        return self.folder / "releases"

    @property
    def current(self) -> Path:
        return self.folder / "current"

    def run(self, number: int, ending: str) -> Path:
        return self.folder / "runs" / f"{number:06d}.{ending}"

    def make(self) -> None:
        for folder in (self.folder.parent, self.folder, self.releases, self.folder / "runs"):
            confined.make_folder(folder, 0o777)  # less what the umask takes

    def runs_now(self) -> str:
        """The name of the release that is current; empty where none is."""
        try:
            target = confined.leads(self.current)
        except OSError:
            return ""
        return target.rpartition("/")[2]

    def release(self, name: str) -> tuple[Release, str] | None:
        """A release that was finished, and the number of its content. None: there is none, or half of one."""
        try:
            told = json.loads(text(self.releases / f"{name}.json"))
            return Release(name, told["version"], told["commit"]), str(told["digest"])
        except (OSError, ValueError, KeyError):
            return None

    def records(self) -> list[Record]:
        """The newest first."""
        folder = self.folder / "runs"
        try:
            names = sorted(
                (name for name in confined.entries(folder) if _RECORD.fullmatch(name)), reverse=True
            )
        except FileNotFoundError:
            return []
        return [record for name in names if (record := read(folder / name)) is not None]

    def write(self, record: Record) -> None:
        write_over(self.run(record.number, "json"), json.dumps(asdict(record)))

    def decide(self, number: int, word: str) -> str:
        """Whoever comes first decides. Returns what is decided."""
        place = self.run(number, "decided")
        mine = place.with_suffix(f".{word}")
        with open(confined.open_file(mine, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), "w") as file:
            file.write(word)
        with contextlib.suppress(FileExistsError):
            confined.link_whole(mine, place)  # whole, or not there
        confined.remove(mine)
        return text(place)

    def decided(self, number: int) -> str:
        try:
            return text(self.run(number, "decided"))
        except OSError:
            return ""

    @contextlib.contextmanager
    def alone(self, wait: float = 2.0) -> Iterator[int | None]:
        """The lock of the environment, which a run holds until it is over; None: another one is under way."""
        self.make()
        handle = confined.open_file(self.folder / "lock", os.O_RDWR | os.O_CREAT)
        try:
            yield handle if _locked(handle, wait) else None
        finally:
            os.close(handle)

    def held(self) -> bool:
        """Is a run under way? Looked at without a trace."""
        try:
            handle = confined.open_file(self.folder / "lock", os.O_RDONLY)
        except OSError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(handle)
        return False


def _locked(handle: int, wait: float) -> bool:
    """Somebody who only looks holds it for a moment."""
    until = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() > until:
                return False
            time.sleep(0.02)


def text(path: Path) -> str:
    """Of a file that is no link, behind none."""
    with open(confined.open_file(path, os.O_RDONLY)) as file:
        return file.read()


def read(path: Path) -> Record | None:
    try:
        told = json.loads(text(path))
        before = told.pop("before")
        return Record(
            **{
                **told,
                "release": Release(**told["release"]),
                "before": Release(**before) if before else None,
                "jobs": tuple(told["jobs"]),
            }
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_over(path: Path, said: str) -> None:
    """The old one or the new one, whenever the machine stops."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    handle = confined.open_file(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    with open(handle, "w") as file:
        file.write(said)
        file.flush()
        os.fsync(file.fileno())
    confined.rename(new, path)
    sync(path.parent)


def sync(folder: Path) -> None:
    """What was renamed in the folder stays so."""
    handle = confined.open_file(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def settled(record: Record, *, held: bool, current: str) -> Record:
    """The record as it is true now: a run that no process does any more is over, and the link says how it ended."""
    if record.over or held:
        return record
    new = current == record.release.name
    why = "interrupted_new" if new else "interrupted_old"
    jobs = tuple(one if one.get("ended") else {**one, "state": RunState.LOST.value} for one in record.jobs)
    return replace(record, state=RunState.LOST.value, why=why, ended=record.began, switched=new, jobs=jobs)


def now() -> str:
    return datetime.now(UTC).isoformat()


def time_of(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def run_of(record: Record) -> Run:
    """In the shape that every back end has."""
    version = Version(
        record.release.version, record.release.commit, record.by, time_of(record.at), record.title
    )
    before = Version(record.before.version, record.before.commit) if record.before else None
    state = RunState(record.state)
    return Run(
        id=str(record.number),
        service=record.service,
        environment=record.environment,
        kind=Kind(record.kind),
        version=version,
        state=state,
        began=datetime.fromisoformat(record.began),
        ended=time_of(record.ended),
        before=before,
        after=(version if record.switched else before) if record.over else None,
        why=WHY[record.why].format(detail=record.detail).strip(),
        key=record.key,
        jobs=tuple(_job(one) for one in record.jobs),
    )


def _job(told: dict[str, Any]) -> Job:
    return Job(told["name"], RunState(told["state"]), time_of(told["began"]), time_of(told.get("ended", "")))
