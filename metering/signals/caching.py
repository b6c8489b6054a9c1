"""The cache share of a person's own tasks that produced work items."""

from datetime import datetime

from django.db import connection

from metering.outcomes.models import Attribution, WorkItem
from metering.privacy.visibility import Kind, Scope
from metering.rollups.periods import Period
from metering.signals.items import Claim, cache_share

# Of each of a person's tasks the least share of a call after its first that came from the cache.
LEAST_SQL = """
    SELECT source, task, min(cache_read_tokens::float / greatest(input_tokens, 1)) FROM metering_usageevent
    WHERE person_id = %s AND at >= %s AND kind = 'call' AND turn > 0 AND task = ANY(%s)
    GROUP BY source, task
"""


def cached_in(scope: Scope, period: Period) -> float | None:
    """The share, from the cache, of what tasks of the period's counted items read again. None: no such item."""
    if scope.kind is not Kind.OWN:
        raise ValueError("The cache share is shown to the person themselves only")
    items = WorkItem.objects.within(scope).during(period).counted()
    began = dict(items.order_by().values_list("pk", "began_at"))
    if not began:
        return None
    carried = list(Attribution.objects.filter(item__in=began).values_list("item", "source", "task"))
    least = _least(scope.viewer, min(began.values()), [task for _, _, task in carried])
    claims = [
        Claim(
            str(item), scope.viewer, 0, 0, verified=True, changed=True, cached=least.get((source, task), 1.0)
        )
        for item, source, task in carried
    ]
    return cache_share(claims, {str(item) for item in began})


def _least(person: int, since: datetime, tasks: list[str]) -> dict[tuple[str, str], float]:
    with connection.cursor() as cursor:
        cursor.execute(LEAST_SQL, [person, since, tasks])
        return {(source, task): least for source, task, least in cursor.fetchall()}
