"""A small simulated company through the commands: loaded by the ledger's door, its figures and its signals written."""

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from metering.rollups.models import DayUsage
from metering.signals.models import TaskFact
from metering.simulation.importing import load
from metering.simulation.models import Simulation
from metering.simulation.world import read
from metering.usage.models import UsageEvent
from portal.people.models import Person

MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
EVENT = {
    "model": "mid", "input_tokens": 1000, "cache_read_tokens": 0, "output_tokens": 100, "reasoning_tokens": 30,
    "cost_usd": 0.01, "status": "ok", "retry_without_change": 0, "tool_calls": 1, "state_changes": 0,
}  # fmt: skip


class Company:
    """Eight people of one team who each do two opened tasks a day for four weeks, each for a work item of its own,
    and each changing something."""

    def __init__(self) -> None:
        self.tasks: list[dict] = []
        self.events: list[dict] = []
        for who in range(8):
            for day in range(28):
                for n in range(2):
                    item = f"W-{who}-{day}-{n}"
                    self.task(
                        who, day, opened=1, verified=1, work_item=item, prompt=f"do {item} {n * day}", did=1
                    )

    def task(self, who: int, day: float, *, turns: int = 2, prompt: str = "", did: int = 0, **more) -> str:
        """``did``: so many things its last call changed."""
        name, created = f"k{len(self.tasks)}", MONDAY + timedelta(days=day, minutes=len(self.tasks) % 60)
        who_and_what = {"employee_id": f"e{who}", "team_id": "t1", "agent_id": f"e{who}-a0", "task_id": name}
        row = {
            **who_and_what, "trigger": "manual", "created": created.isoformat(), "opened": 0, "opened_by_other": 0,
            "accepted": 0, "accepted_by": "", "verified": 0, "reverted": 0, "work_item": "",
        }  # fmt: skip
        self.tasks.append(row | more)
        for turn in range(turns):
            at = (created + timedelta(seconds=turn)).isoformat()
            self.events.append(
                {**who_and_what, **EVENT, "ts": at, "turn": turn, "trigger": "manual", "prompt": prompt or name,
                 "cache_read_tokens": 500 if turn else 0, "event_id": f"{name}.{turn}",
                 "state_changes": did if turn == turns - 1 else 0}
            )  # fmt: skip
        return name

    def write(self, folder: Path, ending: str = "csv") -> Path:
        folder.mkdir(exist_ok=True)
        employees = [{"employee_id": f"e{n}", "team_id": "t1"} for n in range(8)]
        for name, rows in (("employees", employees), ("tasks", self.tasks), ("events", self.events)):
            with (folder / f"{name}.{ending}").open("w", newline="") as file:
                if ending == "json":
                    json.dump(rows, file)
                    continue
                out = csv.DictWriter(file, list(rows[0]))
                out.writeheader()
                out.writerows(rows)
        return folder


def reported(folder: Path, what: str) -> list[dict[str, str]]:
    call_command("usage_report", f"--{what}", "--out", str(folder / "out.csv"), verbosity=0)
    with (folder / "out.csv").open() as file:
        return list(csv.DictReader(file))


def figures(folder: Path) -> dict[tuple[str, str], float]:
    return {
        (row["employee_id"], row["metric"]): float(row["value"]) for row in reported(folder, "per-person")
    }


@pytest.mark.parametrize("ending", ["csv", "json"])
def test_a_world_is_loaded_and_its_figures_are_written(db, tmp_path, ending, capsys):
    company = Company()
    folder = company.write(tmp_path / "world", ending)
    call_command("import_usage", str(folder))
    assert f"{len(company.events)} events written, 0 were here already, 0 refused" in capsys.readouterr().out
    found = figures(tmp_path)
    assert found["e0", "cost"] == 56 * 2 * 10_000
    assert found["e0", "distinct verified items"] == 56
    assert found["e0", "cost per verified item"] == 20_000
    assert found["e0", "tokens"] == 56 * 2 * 1100
    assert found["e0", "cache share"] == 0.5
    assert found["e5", "agent 1: cost"] == 56 * 2 * 10_000
    assert any(metric.startswith("team, period") for _, metric in found)
    assert reported(tmp_path, "signals") == []


def test_the_moment_of_the_import_is_the_ledgers_now(db, tmp_path):
    done, _ = load(read(Company().write(tmp_path / "world")), datetime.now(UTC) + timedelta(days=400))
    assert (done.written, done.refused) == (8 * 28 * 2 * 2, 0)


def test_the_same_world_twice_is_the_same(db, tmp_path):
    folder = Company().write(tmp_path / "world")
    call_command("import_usage", str(folder), verbosity=0)
    before = (UsageEvent.objects.count(), TaskFact.objects.count(), DayUsage.objects.all().totals())
    call_command("import_usage", str(folder), verbosity=0)
    assert (UsageEvent.objects.count(), TaskFact.objects.count(), DayUsage.objects.all().totals()) == before


GAMES = {
    "tasks that nobody needs": lambda c: [c.task(0, 14 + n / 4) for n in range(40)],
    "own work accepted": lambda c: [c.task(0, 14 + n / 4, opened=1, accepted=1) for n in range(40)],
    "junk on own items": lambda c: [
        c.task(0, 14 + n / 4, opened=1, verified=1, work_item=f"W-0-{n % 28}-0") for n in range(40)
    ],
    "junk on a colleague's items": lambda c: [
        c.task(0, n / 4, opened=1, verified=1, work_item=f"W-1-{n % 28}-0") for n in range(40)
    ],
    "claims before a colleague": lambda c: [
        c.task(0, -1, verified=1, work_item=f"W-1-{n % 28}-0") for n in range(28)
    ],
    "one item over and over": lambda c: [c.task(0, 20, verified=1, work_item="W-0-3-0") for _ in range(40)],
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", GAMES)
def test_no_figure_of_who_burns_more_looks_better(name, tmp_path):
    call_command("import_usage", str(Company().write(tmp_path / "base")), verbosity=0)
    rows = reported(tmp_path, "per-person")
    before = figures(tmp_path)
    gamed = Company()
    GAMES[name](gamed)
    call_command("import_usage", str(gamed.write(tmp_path / "gamed")), verbosity=0)
    after = figures(tmp_path)
    better = {row["metric"]: row["better"] for row in rows}
    for (who, metric), value in before.items():
        if who == "e0":
            gain = after[who, metric] - value if better[metric] == "high" else value - after[who, metric]
            assert gain <= 0, metric
    assert after["e0", "cost"] > before["e0", "cost"]


def test_signals_name_the_tasks_of_who_burns_and_no_others(db, tmp_path):
    company = Company()
    junk = {company.task(2, 14 + n / 2) for n in range(40)}
    call_command("import_usage", str(company.write(tmp_path / "world")), verbosity=0)
    assert {row["task_id"] for row in reported(tmp_path, "signals")} == junk


def test_a_reversal_voids_an_item(db, tmp_path):
    company = Company()
    company.task(0, 20, verified=0, reverted=1, work_item="W-0-3-0")
    call_command("import_usage", str(company.write(tmp_path / "world")), verbosity=0)
    assert figures(tmp_path)["e0", "distinct verified items"] == 55


def test_a_database_with_people_is_refused_both_ways(cast, tmp_path):
    folder = Company().write(tmp_path / "world")
    with pytest.raises(CommandError, match="not empty and no simulation"):
        call_command("import_usage", str(folder))
    with pytest.raises(CommandError, match="no simulation"):
        call_command("usage_report", "--per-person", "--out", str(tmp_path / "out.csv"))
    assert not (tmp_path / "out.csv").exists()
    assert not Simulation.objects.exists()


WRONG = {
    "events": ("input_tokens", "-3", "events.csv, row 2: input_tokens is -3, and counts are never negative"),
    "tasks": ("opened", "maybe", "tasks.csv, row 2: opened is 'maybe'"),
    "employees": ("team_id", "", "employees.csv, row 2: team_id is empty"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_line_is_named_and_nothing_is_imported(db, tmp_path, name):
    folder = Company().write(tmp_path / "world")
    column, value, says = WRONG[name]
    with (folder / f"{name}.csv").open() as file:
        rows = list(csv.DictReader(file))
    rows[0][column] = value
    with (folder / f"{name}.csv").open("w", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]))
        out.writeheader()
        out.writerows(rows)
    with pytest.raises(CommandError, match=says):
        call_command("import_usage", str(folder))
    assert not Person.objects.exists()


def test_a_folder_without_a_world_says_what_is_missing(db, tmp_path):
    with pytest.raises(CommandError, match=r"There is no employees\.csv and no employees\.json"):
        call_command("import_usage", str(tmp_path))
