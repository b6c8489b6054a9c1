"""Signals of waste: one person's tasks in, signals with what they rest on out. Pure and deterministic.

Each compares a person with their own past only, and none counts volume: what was opened by anybody, changed
anything, was verified or called useful is in no signal of results that nobody needed, however much it is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from metering.signals.alike import families
from metering.signals.context import stuffed
from metering.signals.evidence import Call, Task, beyond, middle, share, windows

WINDOW = timedelta(days=14)
PAST = 6  # times WINDOW that is looked back: within what the ledger keeps
LOOP_CALLS = 20  # at least so many calls that changed nothing …
LOOP_TIMES = 3  # … and so many times what the person's tasks take in general
RETRIES = 3  # calls made again, unchanged, after the one before had succeeded
RUNS = 4  # of a schedule, over at least SILENCE, until having no reader is a finding
SILENCE = timedelta(days=7)


class Kind(StrEnum):
    UNREAD = "unread"
    SCHEDULE = "schedule"
    LOOP = "loop"
    RERUN = "rerun"
    ALIKE = "alike"
    CONTEXT = "context"


@dataclass(frozen=True, slots=True)
class Found:
    """A signal about one agent of a person in the window that begins at ``since``.

    ``calls``: keys in the ledger, where it is not about whole tasks.
    ``numbers``: of how many tasks ``of`` before the window how many (``before``) were unopened and without effect.
    """

    kind: Kind
    agent: int
    tasks: tuple[str, ...]
    calls: tuple[str, ...] = ()
    since: date = date.min
    numbers: dict[str, int] = field(default_factory=dict)


Quiet = frozenset[tuple[Kind, int]]


def signals(
    tasks: Iterable[Task],
    *,
    quiet: Quiet = frozenset(),
    told: frozenset[str] = frozenset(),
    since: datetime | None = None,
) -> list[Found]:
    """Every signal in ``tasks`` of one person, in the windows that begin at ``since`` or later; each task once.

    ``quiet``: kinds that the person called useful, by agent. ``told``: tasks that earlier signals were about. They
    are not what the person usually does: burning for long does not make it usual.
    """
    found: list[Found] = []
    said = set(told)
    for window in windows(tasks, WINDOW):
        if since is not None and window.start < since:
            continue
        oldest = window.start - PAST * WINDOW
        past = [task for task in window.before if task.ref not in said and task.at >= oldest]
        now = _window(window.tasks, past)
        for signal in now:
            new = tuple(ref for ref in signal.tasks if ref not in said)
            if new and (signal.kind, signal.agent) not in quiet:
                calls = _of(signal.calls, new, window.tasks)
                found.append(replace(signal, since=window.start.date(), tasks=new, calls=calls))
        said |= {ref for signal in now for ref in signal.tasks}
    return found


def _of(calls: Sequence[str], refs: Sequence[str], window: Sequence[Task]) -> tuple[str, ...]:
    """Those of ``calls`` that belong to the tasks ``refs``."""
    theirs = {call.key for task in window if task.ref in refs for call in task.calls}
    return tuple(key for key in calls if key in theirs)


def _window(window: Sequence[Task], past: Sequence[Task]) -> list[Found]:
    """What is found in one window, each task under the first of the kinds that says most about it."""
    found: list[Found] = []
    told: set[str] = set()
    for signal in (
        *_schedules(window),
        *_loops(window, past),
        *_reruns(window),
        *_alike(window, past),
        *_unread(window, past),
    ):
        new = tuple(ref for ref in signal.tasks if ref not in told)
        if new:
            found.append(replace(signal, tasks=new))
        told |= set(new)
    rest = [task for task in window if task.ref not in told]
    return found + (_context(rest, past) if rest else [])


def _unread(window: Sequence[Task], past: Sequence[Task]) -> list[Found]:
    """Unopened results without effect, far more than the past explains; judged apart with and without an item."""
    usual = share(past, lambda task: task.idle)
    found: list[Task] = []
    for for_item in (True, False):
        like = [task for task in window if task.item is for_item]
        idle = [task for task in like if task.idle]
        if beyond(len(idle), len(like) - len(idle), usual):
            found += idle
    return _by_agent(Kind.UNREAD, found, past)


def _schedules(window: Sequence[Task]) -> list[Found]:
    """A schedule none of whose results anybody opened, and none of which had an effect."""
    found = []
    for agent in sorted({task.agent for task in window if task.scheduled}):
        runs = [task for task in window if task.scheduled and task.agent == agent]
        if len(runs) >= RUNS and runs[-1].at - runs[0].at >= SILENCE and all(task.idle for task in runs):
            found += _by_agent(Kind.SCHEDULE, runs)
    return found


def _loops(window: Sequence[Task], past: Sequence[Task]) -> list[Found]:
    """A long run of calls that read more and more, changed nothing, and whose result nobody opened."""
    usual = middle((len(task.calls) for task in past), LOOP_CALLS / LOOP_TIMES)
    least = max(LOOP_CALLS, LOOP_TIMES * usual)
    looping = [
        task
        for task in window
        if task.idle and len(task.calls) >= least and task.calls[-1].read > task.calls[0].read
    ]
    return _by_agent(Kind.LOOP, looping)


def _reruns(window: Sequence[Task]) -> list[Found]:
    """Calls made again without a change although they had succeeded, and nothing came of it."""
    again = [task for task in window if task.without_effect and len(_repeated(task.calls)) >= RETRIES]
    return _by_agent(Kind.RERUN, again)


def _repeated(calls: Sequence[Call]) -> list[Call]:
    """Those that repeat a call that worked; a retry after a failure is none."""
    return [now for before, now in pairwise(calls) if now.retried and not before.failed]


def _alike(window: Sequence[Task], past: Sequence[Task]) -> list[Found]:
    """Tasks with nearly the same instruction, none with an effect, nearly all of them unopened."""
    usual = share(past, lambda task: task.idle)
    near = []
    for family in families(window):
        idle = sum(task.idle for task in family)
        if all(task.without_effect for task in family) and beyond(idle, len(family) - idle, usual):
            near += family
    return _by_agent(Kind.ALIKE, near, past)


def _context(window: Sequence[Task], past: Sequence[Task]) -> list[Found]:
    found = stuffed(window, past)
    calls = {task.ref: [call.key for call in large] for task, large in found}
    by_agent = _by_agent(Kind.CONTEXT, [task for task, _ in found])
    return [
        replace(signal, calls=tuple(key for ref in signal.tasks for key in calls[ref])) for signal in by_agent
    ]


def _by_agent(kind: Kind, tasks: Sequence[Task], past: Sequence[Task] = ()) -> list[Found]:
    """One signal for each agent, so that each can be answered by itself. ``past``: what it was compared with."""
    numbers = {"before": sum(task.idle for task in past), "of": len(past)} if past else {}
    return [
        Found(kind, agent, tuple(task.ref for task in tasks if task.agent == agent), numbers=numbers)
        for agent in sorted({task.agent for task in tasks})
    ]
