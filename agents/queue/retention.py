"""Removes figures and texts of tasks when their time is over. The rows and the audit trail stay.

What a task used is kept no longer than the model calls that it used it for: else tasks would tell what those did. Texts
are kept for ``PORTAL_KEEP_CONTENT`` days after the task has ended, or for as long as its person keeps them.
"""

from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Func, JSONField, Q
from django.utils import timezone

from agents.connectors.plugins import AgentsPlugin, TaskTexts
from agents.grants.models import GrantRequest
from agents.queue.models import Step, Task
from agents.queue.states import UNDER_WAY
from agents.queue.task_querysets import TaskQuerySet
from metering.usage.context import oldest_kept
from portal import plugins
from portal.reasons import lasting

AT_ONCE = 500  # tasks in one transaction
AT_MOST = 100_000  # tasks of one night; the rest is done the night after

# Columns with a time, by table and the way to the task. What a new one holds is decided before: a test walks them all.
TEXTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "agents.Approval": ("call__task", ("origins", "sheet", "note", "why_dead")),
    "agents.Call": ("task", ("arguments", "reasons", "ending", "summary", "result", "observed")),
    "agents.Step": ("task", ("response", "text")),
    "agents.Unclear": ("call__task", ("shown",)),
    "agents.Task": ("pk", ("instruction", "attached", "reason", "waits", "result")),
}


def forget_figures() -> int:
    """Take tokens and cost out of tasks, and steps of tasks, that ended too long ago. How many tasks there were."""
    old = Task.objects.ended().filter(finished_at__lt=oldest_kept(timezone.now()))
    old = old.exclude(tokens=0, cost_micros__isnull=True).order_by("pk")
    done = 0
    while done < AT_MOST and (found := list(old.values_list("pk", flat=True)[:AT_ONCE])):
        _empty(found)
        done += len(found)
    return done


@transaction.atomic
def _empty(tasks: list[int]) -> None:
    without = Func(F("response"), template="%(expressions)s - 'usage'", output_field=JSONField())
    steps = Step.objects.filter(task__in=tasks)
    steps.update(input_tokens=0, output_tokens=0, cost_micros=None, response=without)
    Task.objects.filter(pk__in=tasks).update(tokens=0, cost_micros=None)


def content_kept() -> timedelta:
    return timedelta(days=settings.RETENTION["content"])


def texts_until(task: Task) -> datetime | None:
    """When the texts of an ended task go."""
    return (
        max(filter(None, (task.finished_at + content_kept(), task.keep_until))) if task.finished_at else None
    )


def kept_longer(task: Task) -> bool:
    return task.keep_until is not None and task.keep_until > timezone.now()


def _past_their_time() -> TaskQuerySet:
    """Ended tasks whose texts are still here and are kept no longer."""
    now = timezone.now()
    old = Task.objects.ended().filter(texts_gone_at__isnull=True, finished_at__lt=now - content_kept())
    return old.filter(Q(keep_until__isnull=True) | Q(keep_until__lte=now))


def _holding_texts() -> TaskQuerySet:
    """Tasks whose texts stay, however old they are: under way, or kept by their person."""
    kept = Q(keep_until__gt=timezone.now(), texts_gone_at__isnull=True)
    return Task.objects.filter(Q(state__in=UNDER_WAY) | kept)


def forget_texts() -> int:
    """Take the texts out of tasks, asks and what connectors kept of tasks when their time is over.

    Returns how many tasks there were.

    Bounded, and each transaction is whole by itself: a night that ends early is gone on with in the next.
    """
    done = 0
    while done < AT_MOST and (found := _forget_some()):
        done += found
    for plugin in plugins.of_kind(AgentsPlugin):
        for texts in plugin.task_texts:
            rows = 0
            while rows < AT_MOST and (found := _forget_of(texts)):
                rows += found
    return done


@transaction.atomic
def _forget_some() -> int:
    """A batch of tasks, locked, so that no person keeps one between the query and the removal."""
    due = _past_their_time().order_by("pk").select_for_update(skip_locked=True)
    tasks = list(due.values_list("pk", flat=True)[:AT_ONCE])
    if not tasks:
        return 0
    proposed = GrantRequest.objects.filter(proposed_in__call__task__in=tasks)
    proposed.update(why="Proposed in the answer to an ask, whose text is not kept any more.")
    why = list(Task.objects.filter(pk__in=tasks).exclude(reason={}).only("reason"))
    for label, (way, names) in TEXTS.items():
        model = apps.get_model(label)
        rows = model._default_manager.filter(**{f"{way}__in": tasks}).order_by()
        rows.update(**{name: _empty_value(model._meta.get_field(name)) for name in names})
    for task in why:
        task.reason = lasting(task.reason)
    Task.objects.bulk_update(why, ["reason"])
    Task.objects.filter(pk__in=tasks).update(texts_gone_at=timezone.now())
    return len(tasks)


def _forget_of(texts: TaskTexts) -> int:
    """A batch of a connector's rows."""
    model = apps.get_model(texts.model)
    emptied = {name: _empty_value(model._meta.get_field(name)) for name in texts.columns}
    rows = model._default_manager.filter(**{f"{texts.written}__lt": timezone.now() - content_kept()})
    rows = rows.exclude(**emptied).exclude(**{f"{texts.task}__in": _holding_texts().values("pk")})
    found = list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    return model._default_manager.filter(pk__in=found).update(**emptied) if found else 0


def _empty_value(field: Any) -> object:
    if field.null:
        return None
    if field.has_default() or not isinstance(field, models.JSONField):
        return field.get_default()
    return {}
