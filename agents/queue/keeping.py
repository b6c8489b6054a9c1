"""What a task used is kept no longer than the model calls that it used it for: else tasks would tell what those did."""

from django.db import transaction
from django.db.models import F, Func, JSONField
from django.utils import timezone

from agents.queue.models import Step, Task
from metering.usage.framing import oldest_kept

AT_ONCE = 500  # tasks in one transaction
AT_MOST = 100_000  # tasks of one night; the rest is done the night after


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
