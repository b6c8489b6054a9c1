"""Writes facts about tasks for the app that runs them; each is one idempotent statement."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from metering.signals.models import TaskFact
from metering.signals.sketches import sketch
from portal.prepared import PreparedUpdate


def key() -> bytes:
    """The secret of this installation without which a sketch says nothing."""
    return str(settings.SKETCH_KEY).encode()


def noted(
    source: str,
    ref: str,
    *,
    person_id: int,
    team_id: int,
    agent_id: int,
    agent_name: str,
    instruction: str,
    at: datetime,
    trigger: str = "manual",
) -> None:
    """A task was queued. Of its ``instruction`` only the sketch is kept."""
    fact = TaskFact(
        source=source,
        ref=ref,
        person_id=person_id,
        team_id=team_id,
        agent_id=agent_id,
        agent_name=agent_name[:80],
        trigger=trigger,
        created_at=at,
        sketch=sketch(instruction, key()),
    )
    TaskFact.objects.bulk_create([fact], ignore_conflicts=True)


_ENDED = PreparedUpdate(
    lambda source, ref, effects, now: (
        TaskFact.objects.named(source, ref),
        {"ended_at": now, "effects": effects},
    ),
    source=str,
    ref=str,
    effects=int,
    now=datetime,
)


def ended(source: str, ref: str, *, effects: int) -> None:
    """It has ended, having changed ``effects`` things."""
    _ENDED.count(source=source, ref=ref, effects=effects, now=timezone.now())


def opened(source: str, ref: str, *, own: bool) -> None:
    """Its result was opened, by its person (``own``) or by somebody else. The first time counts."""
    field = "opened_at" if own else "opened_by_other_at"
    TaskFact.objects.named(source, ref).filter(**{f"{field}__isnull": True}).update(**{field: timezone.now()})
