"""Tasks of one person as the rules see them, that tests begin with: honest work, day by day."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from metering.signals.evidence import Call, Task
from metering.signals.rules import Kind, signals
from metering.signals.sketches import sketch

# A day on which a window of fourteen begins.
BEGIN = datetime.fromtimestamp(1460 * 14 * 86_400, UTC)
KEY = b"a key of a test"
_refs = count()


def task(day: float = 0, *, sizes: tuple[int, ...] = (1000, 1250), words: str = "", **more) -> Task:
    """A task ``day`` days after BEGIN that read ``sizes``; opened by its person unless ``more`` says otherwise."""
    ref = f"t{next(_refs)}"
    calls = tuple(Call(f"{ref}.{turn}", turn, size) for turn, size in enumerate(sizes))
    made = Task(ref, BEGIN + timedelta(days=day), 1, calls, sketch=sketch(words or ref, KEY), opened=True)
    return replace(made, **more)


def idle(day: float = 0, **more) -> Task:
    """One that nobody opened and that changed nothing."""
    return task(day, **({"opened": False} | more))


def work(days: int = 28, first: int = 0, each: int = 2, **more) -> list[Task]:
    """Two opened tasks on each of ``days`` days."""
    return [task(first + day + n / 10, **more) for day in range(days) for n in range(each)]


def kinds(tasks: list[Task], **more) -> set[Kind]:
    return {one.kind for one in signals(tasks, **more)}


def told(tasks: list[Task], kind: Kind) -> Iterator[str]:
    """The tasks that signals of ``kind`` are about."""
    return (ref for one in signals(tasks) if one.kind is kind for ref in one.tasks)


def repeated(task: Task, after: int = 0) -> Task:
    """The same with every call from number ``after`` on made again without a change."""
    calls = (replace(call, retried=call.turn > after) for call in task.calls)
    return replace(task, calls=tuple(calls))
