"""How soon a schedule's page says that an event is noticed: told at once, by the clock, or in a folder too many."""

import pytest

from agents.connections.heard import HEARS
from agents.connectors.mail.servers import idling
from agents.schedules.actions import Trigger
from agents.schedules.models import Schedule
from portal import locking
from tests import builders
from tests.agents.scheduled import made
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db


def said(schedule: Schedule, cast: Cast) -> str:
    return " ".join(as_(cast.mia).get(schedule.get_absolute_url()).content.decode().split())


def test_a_folder_too_many_is_looked_at_by_the_clock(cast: Cast):
    agent, box = builders.triage(cast, {"Old": "Seen before"})
    folders = ["INBOX", "Archive", "Bills", "Team"]
    rows = [
        made(agent, trigger=Trigger(event="mail.arrived", connection=box, place=place, hourly=2))
        for place in folders
    ]
    assert len(folders) == idling.MOST + 1
    assert "The portal looks every ten seconds." in said(rows[3], cast)
    locking.take(HEARS, box.pk)
    try:
        assert all("The portal is told at once what happens there." in said(row, cast) for row in rows[:3])
        assert f"of {box} it is told at once about Archive, Bills, INBOX only." in said(rows[3], cast)
    finally:
        locking.leave(HEARS, box.pk)


def test_a_schedule_by_the_clock_says_nothing_of_it(cast: Cast):
    agent, _ = builders.triage(cast, {"Old": "Seen before"})
    assert "The portal looks" not in said(made(agent), cast)
