"""For ``queue.py``: a claim and the sweeps, with 100,000 tasks in the queue."""

import statistics
import time
from collections.abc import Callable

DEEP = 100_000


def deep(queues: Callable[[], None], say: Callable[[str], None]) -> None:
    """A claim and the sweeps, with a long queue that is due."""
    from django.db import connection

    from agents import sweep
    from agents.lifecycle.tasks import claim_task
    from agents.queue import claims
    from agents.queue.models import Task
    from agents.runtime import taking

    queues()
    with connection.cursor() as cursor:
        names = [field.column for field in Task._meta.fields if field.column not in ("id", "turn")]
        columns = ", ".join(f'"{name}"' for name in names)
        cursor.execute(
            f"INSERT INTO agents_task ({columns}, turn) SELECT {columns}, turn + n"
            f" FROM (SELECT * FROM agents_task ORDER BY id DESC LIMIT 1) AS last, generate_series(1, {DEEP}) AS n"
        )
        cursor.execute("ANALYZE agents_task")
    took = []
    for _ in range(20):
        begun = time.perf_counter()
        pk = taking.due()[0]
        task = claim_task(pk, claims.process())
        took.append(1000 * (time.perf_counter() - begun))
        assert task is not None
        claims.let_go(task)
        Task.objects.filter(pk=pk).update(state="succeeded")
    say(f"{DEEP:,} due: a claim takes {statistics.median(took):.1f} ms, the longest {max(took):.1f} ms")
    for what, does in (("sweep", sweep.sweep), ("rescue", sweep.rescue)):
        begun = time.perf_counter()
        does()
        say(f"{DEEP:,} due: the {what} takes {1000 * (time.perf_counter() - begun):.0f} ms")
