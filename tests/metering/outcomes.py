"""Tasks that carry work items, for tests of outcomes."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from metering.outcomes import actions
from metering.outcomes.claims import Claim, CreditedTask
from metering.outcomes.models import WorkItem
from metering.privacy import visibility
from metering.privacy.visibility import Scope, Viewer
from metering.rollups.periods import Period
from portal.people.models import Person
from portal.teams.models import Team

_tasks = count(1)


def ago(**length: float) -> datetime:
    return timezone.now() - timedelta(**length)


def claim(person: Person, team: Team, external_id: str, *, system: str = "tickets", **more: Any) -> Claim:
    """A task of ``person``, queued a day ago, that changed something carries the item; by the system's own word."""
    made = {
        "task": str(next(_tasks)), "began_at": ago(days=1), "changed": True, "agent_id": 7, "agent_name": "Triage",
    }  # fmt: skip
    task = {
        name: more.pop(name)
        for name in ("task", "began_at", "changed", "summary", "agent_id")
        if name in more
    }
    credited = CreditedTask(source="test", person_id=person.pk, team_id=team.pk, **(made | task))  # type: ignore[arg-type]
    return Claim(credited, system, external_id, **more)


def credited(person: Person, team: Team, external_id: str, **more: Any) -> WorkItem:
    return actions.claim("test", claim(person, team, external_id, **more))


def by_hand(person: Person, team: Team, external_id: str, **more: Any) -> WorkItem:
    return actions.claim(person, claim(person, team, external_id, system="wiki", by_hand=True, **more))


def accepted(person: Person, team: Team, external_id: str, *, by: Person, **more: Any) -> WorkItem:
    """Claimed by hand in a system that nobody can ask, and confirmed by a colleague."""
    actions.ask(person, by_hand(person, team, external_id, **more), colleague=by)
    return actions.confirm(by, WorkItem.objects.get(system="wiki", identity=external_id))


def counting(scope: Scope, period: Period) -> int:
    """How many distinct items count for ``scope`` in ``period``, counted as rows."""
    return WorkItem.objects.within(scope).during(period).counted().count()


def counted(person: Person) -> int:
    today = timezone.now().date()
    return counting(visibility.own(Viewer(person.pk)), Period(today - timedelta(days=400), today))
