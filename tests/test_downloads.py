"""Files for spreadsheets: one writer in the house, and no door through which a formula leaves."""

import csv
import io
import re

import pytest
from django.urls import reverse

from agents.connections.models import Connection
from agents.registry.models import Agent
from metering.usage.models import UsageEvent
from portal import download
from portal.audit.models import Entry
from portal.people.models import Person
from portal.teams.models import Team
from tests.cast import Cast, as_
from tests.doors import DOORS
from tests.metering.builders import today, used
from tests.test_architecture import MODULES, name_of
from tests.world import make_world

HOSTILE = ("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "--1", "-1e5", "=")


@pytest.mark.parametrize("cell", HOSTILE)
def test_what_begins_as_a_formula_is_text(cell: str):
    class Named:
        def __str__(self) -> str:
            return cell

    for written in (cell, Named()):
        assert download.harmless(written) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Mia", "-12", "-0.125", -3, 1.5, None, True, "a=b", "2026-11-29"])
def test_everything_else_stays(cell: object):
    assert download.harmless(cell) == cell


def test_only_one_module_writes_tables():
    writes = re.compile(r"csv\.(writer|DictWriter)\b|content_type=.*text/csv|from csv import")
    assert {name_of(path) for path in MODULES if writes.search(path.read_text())} == {"portal.download"}


@pytest.mark.django_db
def test_no_door_lets_a_formula_out(cast: Cast):
    """Everything that has a name is called like a formula; every door that answers with a table is read."""
    used(cast.mia, cast.support, agent_name="=agent", on=today())
    world = make_world(cast)
    named = ((Person, "display_name"), (Team, "name"), (Agent, "name"), (Connection, "name"))
    for model, column in named:
        for row in model.objects.all():
            model.objects.filter(pk=row.pk).update(**{column: f"=name {row.pk}"})
    for sign in ("=", "+", "-", "@", "\t", "\r"):
        Entry.objects.create(event="person.edited", actor_name=f"{sign}x", target_name=f"{sign}y")
    assert UsageEvent.objects.filter(agent_name="=agent").exists()
    tables, held = set(), 0
    for name, (method, target, _) in DOORS.items():
        if method != "GET":
            continue
        for person in cast.everyone().values():
            answer = as_(person).get(reverse(name, args=world.arguments(target)))
            if not answer.get("Content-Type", "").startswith("text/csv"):
                continue
            tables.add(name)
            for row in csv.reader(io.StringIO(answer.content.decode(), newline="")):
                assert [cell for cell in row if cell != download.harmless(cell)] == [], name
                held += sum(cell.startswith("'=") for cell in row)
    named_so = {name for name in DOORS if "csv" in reverse(name, args=world.arguments(DOORS[name][1]))}
    assert tables >= named_so | {"audit:export"}
    assert held
