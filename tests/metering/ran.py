"""Tasks of Mia's that have ended, in the facts and in the ledger."""

from datetime import timedelta

from django.utils import timezone

from metering.signals import facts
from metering.signals.models import TaskFact
from tests.cast import Cast
from tests.metering.builders import used


def ran(cast: Cast, number: int, days_ago: float, **more) -> TaskFact:
    """One of Mia's tasks with one call, in the facts and in the ledger."""
    at = timezone.now() - timedelta(days=days_ago)
    facts.noted(
        "portal",
        str(number),
        person_id=cast.mia.pk,
        team_id=cast.support.pk,
        agent_id=7,
        agent_name="Inbox triage",
        instruction=f"Look at number {number}",
        at=at,
        trigger=more.pop("trigger", "manual"),
    )
    used(cast.mia, cast.support, at=at, task=str(number), key=f"c{number}", source="portal")
    TaskFact.objects.named("portal", str(number)).update(ended_at=at, **more)
    return TaskFact.objects.get(source="portal", ref=str(number))
