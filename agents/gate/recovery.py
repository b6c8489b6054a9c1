"""Recovery: calls of dead workers are closed, once their systems said whether they happened."""

import logging

from agents.gate.locking import is_unchanged, lock_call
from agents.gate.performing import failed, reconcile
from agents.queue.models import Call
from agents.queue.moves import Lost
from agents.stops.holding import confirm, orphans
from agents.stops.models import Stop
from portal.audit.record import Acting
from portal.reasons import because

log = logging.getLogger(__name__)

AT_MOST = 100  # calls in one round: each may ask another system


def close_orphaned_calls() -> None:
    """Close the calls that no worker goes on with; then confirm the stops that waited for them."""
    if not Stop.objects.unconfirmed().exists():
        return
    for row in orphans()[:AT_MOST]:
        try:
            _close(row)
        except Lost:
            log.info("%s is still under way: its process lives", row)
        except Exception:
            log.exception("%s could not be closed; the others go on", row)
    confirm()


def _close(row: Call) -> None:
    with lock_call(row, wait=0):
        if is_unchanged(row) and reconcile(row) is None:
            failed(Acting(row.task.agent), row, ending=because("call_not_begun"))
