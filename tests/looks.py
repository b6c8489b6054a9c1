"""What ``test_doors`` looks for in each answer: times that nobody formatted, and cells that a spreadsheet would run."""

import csv
import io
import re
from typing import Any

from agents.connections.models import Connection
from agents.registry.models import Agent
from portal.audit.models import Entry
from portal.people.models import Person
from portal.teams.models import Team
from tests.cast import Cast
from tests.metering.builders import today, used

# How Django and Python write a moment that nobody formatted.
RAW = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|(Jan|Feb|Sept|Oct|Nov|Dec)\. \d{1,2}, \d{4}, |datetime\.")
HOVERING = re.compile(r'<time (?:class="near" )?datetime="[^"]*T[^"]*"[^>]*title="([^"]*)"')
ZONE = "Pacific/Auckland"


def use_an_agent_named_as_a_formula(cast: Cast) -> None:
    used(cast.mia, cast.support, agent_name="=agent", on=today())


def named_as_formulas() -> None:
    """All that has a name, and names in the trail."""
    for model, column in ((Person, "display_name"), (Team, "name"), (Agent, "name"), (Connection, "name")):
        for row in model.objects.all():
            model.objects.filter(pk=row.pk).update(**{column: f"=name {row.pk}"})
    for sign in ("=", "+", "-", "@", "\t", "\r"):
        Entry.objects.create(event="person.edited", actor_name=f"{sign}x", target_name=f"{sign}y")


def far_away() -> None:
    Person.objects.update(time_zone=ZONE, zone_known=True)


def mistimed(html: str) -> list[str]:
    """Times that are not formatted, or do not name the reader's zone."""
    raw = [found[0] for found in RAW.finditer(re.sub(r'="[^"]*"', "", html))]
    return raw + [title for title in hovering(html) if not title.endswith(ZONE)]


def hovering(html: str) -> list[str]:
    return HOVERING.findall(html)


def cells(answer: Any) -> list[str] | None:
    """Of the table that it is; else None."""
    if not answer.get("Content-Type", "").startswith("text/csv"):
        return None
    text = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return [cell for row in csv.reader(io.StringIO(text.decode(), newline="")) for cell in row]
