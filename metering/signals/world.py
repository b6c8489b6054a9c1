"""Reading one simulated world, csv or json: employees, tasks, events. Every wrong line is told with its place. Pure."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

MOST_PROBLEMS = 20  # told one by one


class Unreadable(Exception):
    """The world cannot be read; ``problems`` say where and why, one line each."""

    def __init__(self, problems: list[str]) -> None:
        more = [f"… and {len(problems) - MOST_PROBLEMS} more"] if len(problems) > MOST_PROBLEMS else []
        super().__init__("\n".join(problems[:MOST_PROBLEMS] + more))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Worker:
    """An employee of the simulated company."""

    name: str
    team: str


@dataclass(frozen=True, slots=True)
class Job:
    """One task. ``item``, ``verified`` and ``reverted`` are another system's word."""

    name: str
    worker: str
    agent: str
    trigger: str
    created: datetime
    opened: bool
    opened_by_other: bool
    item: str
    verified: bool
    reverted: bool


@dataclass(frozen=True, slots=True)
class Used:
    """One model call. ``read`` includes ``cached``. ``micros``: the cost that the source states."""

    name: str
    at: datetime
    worker: str
    agent: str
    job: str
    trigger: str
    turn: int
    model: str
    read: int
    cached: int
    written: int
    micros: int | None
    failed: bool
    retried: bool
    tool_calls: int
    changes: int
    prompt: str


@dataclass
class World:
    workers: dict[str, Worker] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    used: list[Used] = field(default_factory=list)


def read(folder: Path) -> World:
    """The world in ``folder``. Raises Unreadable naming every file and line that is wrong."""
    world, problems = World(), list[str]()
    for name in ("employees", "tasks", "events"):
        try:
            place, rows = _rows(folder, name)
        except (OSError, ValueError) as error:
            problems.append(str(error))
            continue
        for number, row in rows:
            try:
                _TAKE[name](world, row)
            except KeyError as error:
                problems.append(f"{place}, row {number}: the column {error} is missing")
            except (ValueError, TypeError) as error:
                problems.append(f"{place}, row {number}: {error}")
    if problems:
        raise Unreadable(problems)
    return world


def _rows(folder: Path, name: str) -> tuple[str, Iterable[tuple[int, dict[str, Any]]]]:
    for ending, reader in ((".csv", _from_csv), (".json", _from_json)):
        if (file := folder / f"{name}{ending}").is_file():
            return file.name, enumerate(reader(file), 2 if ending == ".csv" else 1)
    raise OSError(f"There is no {name}.csv and no {name}.json in {folder}.")


def _from_csv(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(newline="", encoding="utf-8") as handle:
        yield from csv.DictReader(handle)


def _from_json(file: Path) -> Iterator[dict[str, Any]]:
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{file.name} is no JSON: {error}") from error
    if not isinstance(rows, list):
        raise ValueError(f"{file.name} has to be a list of rows.")
    yield from rows


def _employee(world: World, row: dict[str, Any]) -> None:
    one = Worker(_text(row, "employee_id"), _text(row, "team_id"))
    world.workers[one.name] = one


def _task(world: World, row: dict[str, Any]) -> None:
    one = Job(
        name=_text(row, "task_id"),
        worker=_known(row, "employee_id", world.workers, "employee"),
        agent=_text(row, "agent_id"),
        trigger="schedule" if row["trigger"] == "schedule" else "manual",
        created=_moment(row, "created"),
        opened=_yes(row, "opened"),
        opened_by_other=_yes(row, "opened_by_other"),
        item=str(row["work_item"] or ""),
        verified=_yes(row, "verified"),
        reverted=_yes(row, "reverted"),
    )
    world.jobs[one.name] = one


def _event(world: World, row: dict[str, Any]) -> None:
    cost = row.get("cost_usd")
    one = Used(
        name=_text(row, "event_id"),
        at=_moment(row, "ts"),
        worker=_known(row, "employee_id", world.workers, "employee"),
        agent=_text(row, "agent_id"),
        job=_known(row, "task_id", world.jobs, "task"),
        trigger="schedule" if row["trigger"] == "schedule" else "manual",
        turn=_count(row, "turn"),
        model=_text(row, "model"),
        read=_count(row, "input_tokens"),
        cached=_count(row, "cache_read_tokens"),
        written=_count(row, "output_tokens"),
        micros=None if cost in (None, "") else _micros(str(cost)),
        failed=row.get("status", "ok") not in ("ok", ""),
        retried=_yes(row, "retry_without_change"),
        tool_calls=_count(row, "tool_calls"),
        changes=_count(row, "state_changes"),
        prompt=str(row.get("prompt") or ""),
    )
    world.used.append(one)


_TAKE: dict[str, Callable[[World, dict[str, Any]], None]] = {
    "employees": _employee,
    "tasks": _task,
    "events": _event,
}


def _text(row: dict[str, Any], name: str) -> str:
    value = str(row[name] or "").strip()
    if not value:
        raise ValueError(f"{name} is empty")
    return value


def _known(row: dict[str, Any], name: str, among: dict[str, Any], what: str) -> str:
    value = _text(row, name)
    if value not in among:
        raise ValueError(f"there is no {what} {value!r}")
    return value


def _count(row: dict[str, Any], name: str) -> int:
    try:
        value = int(row[name])
    except (TypeError, ValueError):
        raise ValueError(f"{name} is {row[name]!r}, which is no whole number") from None
    if value < 0:
        raise ValueError(f"{name} is {value}, and counts are never negative")
    return value


def _micros(text: str) -> int:
    try:
        return round(Decimal(text) * 1_000_000)
    except (ArithmeticError, ValueError):
        raise ValueError(f"cost_usd is {text!r}, which is no amount") from None


def _yes(row: dict[str, Any], name: str) -> bool:
    value = str(row[name] if row[name] is not None else "").lower()
    if value not in ("", "0", "1", "true", "false"):
        raise ValueError(f"{name} is {row[name]!r}: 0 or 1 is meant")
    return value in ("1", "true")


def _moment(row: dict[str, Any], name: str) -> datetime:
    try:
        found = datetime.fromisoformat(str(row[name]))
    except ValueError:
        raise ValueError(f"{name} is {row[name]!r}: write a time as 2026-01-05T08:30:00+00:00") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
