"""Model calls that tests begin with, and groups of people who made them."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import count

from django.conf import settings
from django.test import override_settings
from django.utils import timezone

from metering.permits import actions
from metering.permits.models import Permit
from metering.rollups.periods import Period, fixed
from metering.usage.calls import ModelCall
from metering.usage.ledger import record
from portal.people.models import Person
from portal.teams import actions as teams
from portal.teams.models import Team

GPT = "openai:gpt-4o"
_keys = count()


def today() -> date:
    """The ledger's today (UTC): asked for where it is needed, since a run of the tests can last over midnight."""
    return datetime.now(UTC).date()


def call(person: Person, team: Team, *, on: date | None = None, model: str = GPT, **more) -> ModelCall:
    """A call at noon (UTC) of ``on`` (today; by now at the latest): a thousand tokens read, which cost 2,500 micros."""
    provider, _, name = model.partition(":")
    now = datetime.now(UTC)
    values = {
        "source": "test",
        "key": f"call-{next(_keys)}",
        "at": min(datetime.combine(on or now.date(), time(12), UTC), now),
        "input_tokens": 1000,
        "output_tokens": 0,
        "agent_id": 7,
        "agent_name": "Inbox triage",
    }
    return ModelCall(person_id=person.pk, team_id=team.pk, provider=provider, model=name, **(values | more))


def used(person: Person, team: Team, **more) -> ModelCall:
    """The same, in the ledger."""
    made = call(person, team, **more)
    with override_settings(RETENTION=settings.RETENTION | {"events": 4_000}):  # as if it had come in that day
        assert record(made) is not None
    return made


def people(team: Team, number: int) -> list[Person]:
    """People in ``team`` whom nobody invited: made without entries in the trail."""
    made = [
        Person.objects.create(email=f"p{n}-{team.pk}@example.com", display_name=f"Person {n}", password="!")
        for n in range(number)
    ]
    for person in made:
        teams.add_member("test", team, person=person)
    return made


def last_weeks() -> Period:
    """The latest four weeks that a team's report shows."""
    return fixed(datetime.now(UTC).date())[0]


def permit(
    viewer: Person, team: Team, *, by: Person, days: int = 10, purpose: str = "budget request 88"
) -> Permit:
    asked = actions.request(viewer, team, purpose=purpose, ends_at=timezone.now() + timedelta(days=days))
    return actions.grant(by, asked)
