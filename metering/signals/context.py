"""Calls that read far more than the task and the person's past needed, without a better outcome. Pure."""

import math
from collections.abc import Sequence
from statistics import quantiles

from metering.signals.evidence import Call, Task, beyond, middle, share

FAR = 2.0  # so many times what the task's other calls lead to expect, at least
SPREAD = 0.5  # of the logarithm of a task's size, at least: half as much again is no difference
DEVIATIONS = 3.0
PAST_TASKS = 10  # before there is anything usual

Large = list[tuple[Task, list[Call]]]


def stuffed(window: Sequence[Task], past: Sequence[Task]) -> Large:
    """The tasks with calls that read far more than is usual, where far more tasks do than before; else none."""
    if len(past) < PAST_TASKS:
        return []
    usual = _Usual(past)
    found = [(task, large) for task in window if (large := usual.large(task))]
    before = share(past, lambda task: bool(usual.large(task)))
    if not beyond(len(found), len(window) - len(found), before):
        return []
    return [] if _better([task for task, _ in found], past) else found


class _Usual:
    """What a person's past says about sizes: how contexts grow from turn to turn, and how large tasks are."""

    def __init__(self, past: Sequence[Task]) -> None:
        grown: dict[int, list[float]] = {}
        for task in past:
            for number, call in enumerate(task.calls[1:], 1):
                grown.setdefault(number, []).append(call.read / max(1, task.calls[0].read))
        self.growth = {number: max(1.0, middle(found, 1.0)) for number, found in grown.items()}
        inner = [ratio for task in past for ratio in self.ratios(task)]
        self.far = max(FAR, 1.5 * quantiles(inner, n=100)[98]) if len(inner) >= PAST_TASKS else FAR
        sizes = [math.log(base) for task in past if (base := self.base(task)) > 0]
        self.limit = math.inf
        if len(sizes) >= PAST_TASKS:
            centre = middle(sizes, 0)
            spread = max(SPREAD, 1.4826 * middle((abs(size - centre) for size in sizes), 0))
            self.limit = math.exp(centre + DEVIATIONS * spread)

    def base(self, task: Task) -> float:
        """The size from which the task's smallest call has grown."""
        sizes = [call.read / self._growth(number) for number, call in enumerate(task.calls) if call.read]
        return min(sizes, default=0.0)

    def ratios(self, task: Task) -> list[float]:
        """Each call's size over what the task's own smallest call leads to expect at its turn."""
        base = self.base(task)
        return [
            call.read / (base * self._growth(number)) if base else 1.0
            for number, call in enumerate(task.calls)
        ]

    def large(self, task: Task) -> list[Call]:
        """The calls far above the task's others; all of them where the whole task is far above the past."""
        if self.base(task) > self.limit:
            return list(task.calls)
        ratios = self.ratios(task)
        return [call for call, ratio in zip(task.calls, ratios, strict=True) if ratio >= self.far]

    def _growth(self, number: int) -> float:
        known = self.growth.get(number)
        return known if known is not None else max(self.growth.values(), default=1.0)


def _better(found: Sequence[Task], past: Sequence[Task]) -> bool:
    """Had the large tasks an effect clearly more often than the tasks before?"""
    now, before = (
        share(tasks, lambda task: task.verified or not task.without_effect) for tasks in (found, past)
    )
    return now - before > 1.64 * math.sqrt(before * (1 - before) / max(1, len(found)))
