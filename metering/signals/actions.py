"""What a person answers to their own signals. It leaves no audit entry: others read the trail."""

from django.db import transaction
from django.utils import timezone

from metering.signals.models import QuietSchedule, Signal, TaskFact
from metering.signals.rules import Kind
from portal.people.models import Person


@transaction.atomic
def call_useful(actor: Person, signal: Signal) -> Signal:
    """“This was useful”: its tasks count as read, and this kind stays quiet for this agent. Once said it is said."""
    now = timezone.now()
    Signal.objects.filter(pk=signal.pk, person=actor, useful_at=None).update(useful_at=now)
    TaskFact.objects.filter(pk__in=signal.tasks, person=actor, useful_at=None).update(useful_at=now)
    if signal.kind == Kind.SCHEDULE:
        QuietSchedule.objects.filter(person=actor, agent_id=signal.agent_id, paused_at=None).update(
            kept_at=now
        )
    signal.refresh_from_db()
    return signal
