"""What is deleted or made nameless when its time is over. Run nightly, in bounded batches.

Months of raw events and days of sketches are dropped by the rooms that hold them; here: person-days, work items and
thumbs, facts of tasks with the signals made of them, looks.
"""

from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.core.management import call_command

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
    for left, verb, before in (
        (_days_left, actions.fold, folded),
        (_outcomes_left, actions.fold_items, folded),
        (_item_texts_left, actions.forget_item_texts, content),
        (_signals_left, actions.drop_signals, folded),
        (_looks_left, actions.drop_looks, looks),
    ):
        for _ in range(batches):
            if not left(before) or not verb(PORTAL, before=before, rows=batch):
                break
    call_command("clearsessions")


def folds_before(today: date) -> date:
    """The first day whose person is kept, and what the person's tasks were good for."""
    return periods.folds_before(today, settings.RETENTION["person_days"])


def _days_left(before: date) -> bool:
    return DayUsage.objects.filter(day__lt=before).exclude(person=no_one_id(), agent_id=0).exists()


def _outcomes_left(before: date) -> bool:
    old = anonymize.items_before(before), anonymize.thumbs_before(before), Acceptance.objects.past()
    return any(rows.exists() for rows in old)


def _item_texts_left(before: date) -> bool:
    return anonymize.item_texts_before(before).exists()


def _signals_left(before: date) -> bool:
    return any(rows.exists() for rows in forgetting.old(before))


def _looks_left(before: date) -> bool:
    return Look.objects.filter(at__date__lt=before).exists()
