"""Groups of people whose weeks were published, as tests of reports begin."""

from datetime import date

from metering.publications.models import PublishedPeriod
from metering.publishing import due
from portal.people.models import Person
from portal.teams.models import Team
from tests.metering.builders import last_weeks, people, used

ENOUGH = 8  # five whom nobody knows, and three who may put together what they know


def group(team: Team, number: int, *, day: date | None = None, **more) -> list[Person]:
    """``number`` people of ``team`` who each used the model for 2,500 micros in the latest four weeks."""
    made = people(team, number)
    for person in made:
        used(person, team, on=day or last_weeks().first, **more)
    return made


def publish() -> list[PublishedPeriod]:
    return due.publish_due()
