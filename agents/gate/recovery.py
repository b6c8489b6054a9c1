"""Calls of dead workers that a stop still waits for: whether they happened is asked, and their rows are closed."""

import logging

from agents.gate.locking import alone, stands
from agents.gate.performing import failed, reconcile
from agents.queue.models import Call
from agents.queue.moves import Lost
from agents.stops.holding import confirm, orphans
from agents.stops.models import Stop
from portal.audit.record import Acting
from portal.reasons import because

log = logging.getLogger(__name__)

AT_MOST = 100  # calls in one round: each may ask another system


def settle() -> None:
    """Close what nobody goes on with; then confirm the stops that waited for it."""
    if not Stop.objects.unconfirmed().exists():
        return
    for row in orphans()[:AT_MOST]:
        try:
            _settle(row)
        except Lost:
            log.info("%s is still under way: its process lives", row)
        except Exception:
            log.exception("%s could not be settled; the others go on", row)
    confirm()


def _settle(row: Call) -> None:
    with alone(row, wait=0):
        if stands(row) and reconcile(row) is None:
            failed(Acting(row.task.agent), row, ending=because("call_not_begun"))
