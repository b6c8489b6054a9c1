"""Files that import_usage cannot take: each is told with its file and line, and nothing of any stays behind."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from metering.signals.models import TaskFact
from metering.simulation import importing
from metering.simulation.models import Simulation
from metering.usage.models import UsageEvent
from portal.people.models import Person
from portal.teams.models import Team

pytestmark = pytest.mark.django_db

PEOPLE = "employee_id,team_id\nE1,T1\n"
TASKS = (
    "task_id,employee_id,agent_id,trigger,created,opened,opened_by_other,work_item,verified,reverted\n"
    "K1,E1,A1,manual,2026-11-02T08:00:00+00:00,1,0,W1,0,0\n"
)
EVENTS = (
    "event_id,ts,employee_id,agent_id,task_id,trigger,turn,model,input_tokens,cache_read_tokens,output_tokens,"
    "cost_usd,status,retry_without_change,tool_calls,state_changes,prompt\n"
    "X1,2026-11-02T08:01:00+00:00,E1,A1,K1,manual,1,m,10,0,5,0.5,ok,0,0,0,p\n"
)


def world(folder: Path, people: str | bytes = PEOPLE, tasks: str = TASKS, events: str = EVENTS) -> Path:
    for name, content in (("employees", people), ("tasks", tasks), ("events", events)):
        data = content if isinstance(content, bytes) else content.encode()
        (folder / f"{name}.csv").write_bytes(data)
    return folder


def refused(folder: Path) -> str:
    """What the command says; nothing may be left of it."""
    with pytest.raises(CommandError) as raised:
        call_command("import_usage", str(folder), verbosity=0)
    rows = (Person, Team, TaskFact, UsageEvent, Simulation)
    assert not any(model.objects.exists() for model in rows)
    assert str(raised.value).startswith("Nothing was imported.\n")
    return str(raised.value)


WRONG = {
    "another encoding": (
        {"people": PEOPLE.replace("E1", "É1").encode("latin-1")},
        "employees.csv, line 2: this is",
    ),
    "a huge cell": (
        {"events": EVENTS.replace(",p\n", f",{'x' * 200_000}\n")},
        "events.csv, line 2: this cannot",
    ),
    "a long task": ({"tasks": TASKS.replace("K1", "K" * 81)}, "tasks.csv, row 2: task_id has 81 characters"),
    "a long item": (
        {"tasks": TASKS.replace("W1", "W" * 201)},
        "tasks.csv, row 2: work_item has 201 characters",
    ),
    "a long agent": (
        {"tasks": TASKS.replace("A1", "A" * 81)},
        "tasks.csv, row 2: agent_id has 81 characters",
    ),
    "a long team": (
        {"people": PEOPLE.replace("T1", "T" * 81)},
        "employees.csv, row 2: team_id has 81 characters",
    ),
    "a long name": ({"people": PEOPLE.replace("E1", "E" * 121)}, "row 2: employee_id has 121 characters"),
    "NUL in a task": ({"tasks": TASKS.replace("K1", "K\0")}, "tasks.csv, row 2: task_id is 'K\\x00'"),
    "NUL in an item": ({"tasks": TASKS.replace("W1", "W\0")}, "tasks.csv, row 2: work_item is 'W\\x00'"),
    "people alike": ({"people": PEOPLE + "e1,T1\n"}, "employees.csv, row 3: the employee 'e1' is 'E1'"),
    "teams alike": ({"people": PEOPLE + "E2,t1\n"}, "employees.csv, row 3: the team 't1' is 'T1'"),
    "a far year": (
        {"events": EVENTS.replace("2026-11-02", "9998-12-31")},
        "events.csv, row 2: ts is '9998-12-31",
    ),
    "an early year": (
        {"tasks": TASKS.replace("2026-11-02", "0001-01-01")},
        "tasks.csv, row 2: created is '0001-",
    ),
    "too many changes": (
        {"events": EVENTS.replace(",0,p", ",3000000000,p")},
        "row 2: state_changes is 3000000000",
    ),
    "a cost without end": ({"events": EVENTS.replace("0.5", "1e99999")}, "row 2: cost_usd is '1e99999'"),
}


@pytest.mark.parametrize("name", WRONG)
def test_it_is_told_with_file_and_line(tmp_path, name):
    files, says = WRONG[name]
    assert says in refused(world(tmp_path, **files))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("{nope", "employees.json is no JSON"),
        ("[" * 100_000, "employees.json is no JSON"),
        ("{}", "has to be a list of rows"),
        ("[1]", "has to be a list of rows"),
        (b"\xff[]", "employees.json, line 1: this is not UTF-8"),
    ],
)
def test_json_that_is_none_is_told(tmp_path, data, says):
    world(tmp_path)
    (tmp_path / "employees.csv").unlink()
    (tmp_path / "employees.json").write_bytes(data if isinstance(data, bytes) else data.encode())
    assert says in refused(tmp_path)


def test_counts_in_json_may_be_no_numbers(tmp_path):
    row = dict(zip(*(line.split(",") for line in EVENTS.splitlines()), strict=True))
    world(tmp_path)
    (tmp_path / "events.csv").unlink()
    for wrong in (float("inf"), float("nan"), None, [], "9" * 5_000):
        (tmp_path / "events.json").write_text(json.dumps([row | {"input_tokens": wrong}]))
        assert "events.json, row 1: input_tokens is" in refused(tmp_path)


def test_every_file_may_begin_with_the_mark_of_utf_8(tmp_path):
    marked = ("\ufeff" + text for text in (PEOPLE, TASKS, EVENTS))
    call_command("import_usage", str(world(tmp_path, *marked)), verbosity=0)
    assert UsageEvent.objects.count() == 1


@pytest.mark.parametrize("step", ["_facts", "_items", "record_many"])
def test_what_fails_half_way_leaves_nothing(tmp_path, monkeypatch, step):
    def fails(*_: object, **__: object) -> None:
        Team.objects.get(name="T1")
        Team.objects.create(name="x" * 81)

    monkeypatch.setattr(importing, step, fails)
    assert "The database does not take it" in refused(world(tmp_path))


def test_people_of_an_earlier_import_are_found_whatever_their_letters(tmp_path):
    call_command("import_usage", str(world(tmp_path)), verbosity=0)
    events = EVENTS.replace("X1", "X2").replace("E1", "e1")
    again = world(tmp_path, PEOPLE.replace("E1", "e1"), TASKS.replace("E1", "e1"), events)
    call_command("import_usage", str(again), verbosity=0)
    assert (Person.objects.count(), UsageEvent.objects.count()) == (1, 2)
