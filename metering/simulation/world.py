"""Reads one simulated company, csv or json: employees, tasks, events. Names the place of every wrong line. Pure."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from metering.usage.calls import ModelCall

SOURCE = "simulation"
MOST_PROBLEMS = 20  # told one by one
# As long as the tables take them. Where a call of the ledger has more, the ledger itself refuses it and says so.
LONGEST = {"employee_id": 120, "team_id": 80, "agent_id": 80, "task_id": 80, "work_item": 200}
UNTOLD = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")  # what is no character of a name
YEARS = range(1970, 2101)  # one event far away would move all the others out of every calendar
MOST = 2**31 - 1  # what a table counts
DIGITS = 100  # of an amount: what has more is no number that anybody meant


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
    """One model call, whose person, team and agent only have names yet."""

    worker: str
    prompt: str
    call: ModelCall


@dataclass
class World:
    workers: dict[str, Worker] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    used: list[Used] = field(default_factory=list)
    spelt: dict[tuple[str, str], str] = field(default_factory=dict)  # names without their letters' case


def read(folder: Path) -> World:
    """The world in ``folder``. Raises Unreadable naming every file and line that is wrong."""
    world, problems, files = World(), list[str](), dict[str, tuple[str, list[tuple[int, Any]]]]()
    for name in _TAKE:
        try:
            files[name] = _rows(folder, name)
        except (OSError, ValueError) as error:
            problems.append(str(error))
    if problems:
        raise Unreadable(problems)
    for name, (place, rows) in files.items():
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


def _rows(folder: Path, name: str) -> tuple[str, list[tuple[int, Any]]]:
    """The file's name and its rows with their numbers. Raises OSError and ValueError."""
    for ending, reader in ((".csv", _from_csv), (".json", _from_json)):
        if (file := folder / f"{name}{ending}").is_file():
            return file.name, list(enumerate(reader(file), 2 if ending == ".csv" else 1))
    raise OSError(f"There is no {name}.csv and no {name}.json in {folder}.")


def _content(file: Path) -> str:
    data = file.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(f"{file.name}, line {line}: this is not UTF-8. Save the file as UTF-8.") from error


def _from_csv(file: Path) -> Iterator[dict[str, Any]]:
    rows = csv.DictReader(io.StringIO(_content(file), newline=""))
    try:
        yield from rows
    except csv.Error as error:
        raise ValueError(
            f"{file.name}, line {rows.reader.line_num}: this cannot be read ({error})."
        ) from error


def _from_json(file: Path) -> Iterator[dict[str, Any]]:
    content = _content(file)
    try:
        rows = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{file.name} is no JSON: {error}") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError(f"{file.name} has to be a list of rows, each with its columns by name.")
    yield from rows


def _employee(world: World, row: dict[str, Any]) -> None:
    one = Worker(_text(row, "employee_id"), _text(row, "team_id"))
    for what, name in (("employee", one.name), ("team", one.team)):
        before = world.spelt.setdefault((what, name.lower()), name)
        if before != name:
            raise ValueError(f"the {what} {name!r} is {before!r} in other letters: write both alike")
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
        item=_fitting("work_item", str(row["work_item"] or "")),
        verified=_yes(row, "verified"),
        reverted=_yes(row, "reverted"),
    )
    world.jobs[one.name] = one


def _event(world: World, row: dict[str, Any]) -> None:
    cost = row.get("cost_usd")
    worker = _known(row, "employee_id", world.workers, "employee")
    call = ModelCall(
        source=SOURCE,
        key=_text(row, "event_id"),
        at=_moment(row, "ts"),
        person_id=0,
        team_id=0,
        agent_name=_text(row, "agent_id"),
        task=_known(row, "task_id", world.jobs, "task"),
        trigger="schedule" if row["trigger"] == "schedule" else "manual",
        turn=_count(row, "turn"),
        provider=SOURCE,
        model=_text(row, "model"),
        input_tokens=_count(row, "input_tokens"),
        cache_read_tokens=_count(row, "cache_read_tokens"),
        output_tokens=_count(row, "output_tokens"),
        cost_micros=None if cost in (None, "") else _micros(str(cost)),
        failed=row.get("status", "ok") not in ("ok", ""),
        retried=_yes(row, "retry_without_change"),
        tool_calls=_count(row, "tool_calls"),
        changes=_count(row, "state_changes", MOST),
    )
    world.used.append(Used(worker, str(row.get("prompt") or ""), call))


_TAKE: dict[str, Callable[[World, dict[str, Any]], None]] = {
    "employees": _employee,
    "tasks": _task,
    "events": _event,
}


def _text(row: dict[str, Any], name: str) -> str:
    value = str(row[name] or "").strip()
    if not value:
        raise ValueError(f"{name} is empty")
    return _fitting(name, value)


def _fitting(name: str, value: str) -> str:
    most = LONGEST.get(name)
    if most is not None and len(value) > most:
        raise ValueError(f"{name} has {len(value)} characters, and at most {most} fit")
    if most is not None and UNTOLD.search(value):
        raise ValueError(f"{name} is {value!r}, with a character that is no text")
    return value


def _known(row: dict[str, Any], name: str, among: dict[str, Any], what: str) -> str:
    value = _text(row, name)
    if value not in among:
        raise ValueError(f"there is no {what} {value!r}")
    return value


def _count(row: dict[str, Any], name: str, most: int | None = None) -> int:
    try:
        value = int(row[name])
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{name} is {str(row[name])[:40]!r}, which is no whole number") from None
    if value < 0:
        raise ValueError(f"{name} is {value}, and counts are never negative")
    if most is not None and value > most:
        raise ValueError(f"{name} is {str(row[name])[:40]}, which is more than {most}")
    return value


def _micros(text: str) -> int:
    try:
        amount = Decimal(text)
        if amount.adjusted() > DIGITS:
            raise ValueError
        return round(amount * 1_000_000)
    except (ArithmeticError, ValueError):
        raise ValueError(f"cost_usd is {text[:40]!r}, which is no amount") from None


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
    if found.year not in YEARS:
        raise ValueError(f"{name} is {row[name]!r}: only {YEARS[0]} to {YEARS[-1]} can be imported")
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
