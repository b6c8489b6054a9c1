"""How a worker's time with a task ends: given back, put off, failed, or taken away. Nothing of it ends the worker."""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from agents.lifecycle.tasks import fail_task
from agents.queue import actions
from agents.queue.models import Call, Task
from agents.queue.moves import Lost
from agents.runtime import leaving, trouble
from agents.runtime.asking import LOST_SESSION
from agents.runtime.clock import Clock
from agents.runtime.limits import GiveUp
from portal.audit.record import PORTAL, Acting
from portal.prepared import Prepared
from portal.reasons import Stored, because

log = logging.getLogger(__name__)

_COUNTED = Prepared(
    lambda task: (
        Call.objects.filter(task=task, state=Call.State.DONE)
        .exclude(counts={})
        .order_by()
        .values_list("counts")
    ),
    task=int,
)


class HandOver(Exception):
    """What is next is the other kind of process's: to await the model (``asks_model``), or to make its calls."""

    def __init__(self, *, asks_model: bool) -> None:
        super().__init__()
        self.asks_model = asks_model


@contextmanager
def ends(task: Task, clock: Clock) -> Iterator[None]:
    """Within, a worker is at the task. What ends that early is written down; only a lost session is raised."""
    try:
        yield
    except Lost:
        log.info("%s is no longer this worker's", task)
    except HandOver as over:
        with _unless_ended(task, "handed over"):
            actions.hand_over(task, asks_model=over.asks_model, worked=clock.seconds)
    except leaving.Leaving:
        with _unless_ended(task, "given back"):
            actions.give_back(PORTAL, task, why=because("worker_leaves"))
    except trouble.PutOff as later:
        with _unless_ended(task, "put off"):
            actions.put_off(PORTAL, task, why=later.reason, seconds=later.seconds, worked=clock.seconds)
    except GiveUp as end:
        with suppress(Lost):
            clock.tell()
        _fail(task, end.reason)
    except LOST_SESSION:
        raise
    except MemoryError:
        log.exception("%s wanted more memory than a worker has", task)
        _fail(task, because("too_much_memory"))
    except Exception:
        log.exception("%s broke", task)
        _fail(task, because("portal_broke"))


def _fail(task: Task, reason: Stored) -> None:
    with _unless_ended(task, f"failed: {reason['code']}"):
        fail_task(Acting(task.agent), task, reason=reason, counts=counts(task))


@contextmanager
def _unless_ended(task: Task, what: str) -> Iterator[None]:
    try:
        yield
    except Lost:
        log.info("%s had ended before it could be %s", task, what)


def counts(task: Task) -> dict[str, int]:
    """What the task's calls add up to: ``{"read": 12, "labelled": 12}``."""
    total: Counter[str] = Counter()
    for (counted,) in _COUNTED.rows(task=task.pk):
        total.update(counted)
    return dict(total)
