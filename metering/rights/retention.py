"""What is deleted or made nameless each night, in bounded batches; raw events and sketches: see their rooms."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db.models import QuerySet

from metering.outcomes.models import Acceptance
from metering.permits.models import Look
from metering.rights import actions, anonymize
from metering.rollups import periods
from metering.rollups.models import DayUsage
from metering.signals import forgetting
from portal.audit.record import PORTAL
from portal.people.nobody import no_one_id

BATCH = 5_000
BATCHES = 200  # of each kind in one night; the rest is done the night after


def apply(today: date | None = None, batch: int = BATCH, batches: int = BATCHES) -> None:
    today = today or datetime.now(UTC).date()
    folded = folds_before(today)
    looks = today - timedelta(days=settings.RETENTION["looks"])
    content = today - timedelta(days=settings.RETENTION["content"])
    days = DayUsage.objects.filter(day__lt=folded).exclude(person=no_one_id(), agent_id=0)
    items = anonymize.items_before(folded), anonymize.thumbs_before(folded), Acceptance.objects.past()
    left: Iterable[tuple[Iterable[QuerySet[Any]], Callable[..., int], date]] = (
        ([days], actions.fold, folded),
        (items, actions.fold_items, folded),
        ([anonymize.item_texts_before(content)], actions.forget_item_texts, content),
        (forgetting.old(folded), actions.drop_signals, folded),
        ([Look.objects.filter(at__date__lt=looks)], actions.drop_looks, looks),
    )
    for due, verb, before in left:
        for _ in range(batches):
            if not any(rows.exists() for rows in due) or not verb(PORTAL, before=before, rows=batch):
                break
    call_command("clearsessions")


def folds_before(today: date) -> date:
    """The first day whose person is kept, and what the person's tasks were good for."""
    return periods.folds_before(today, settings.RETENTION["person_days"])
