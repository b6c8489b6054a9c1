"""Each rule of the signals of waste: what it finds, and everything that is near to it and is none."""

from dataclasses import replace

import pytest

from metering.signals.rules import Kind, signals
from tests.metering.tasks import idle, kinds, repeated, task, told, work

PAST = work(28)
LONG = tuple(1000 + 100 * n for n in range(30))
SAME = "sort the mails of today into the folders that I made for them last week"


def near(number: int) -> str:
    return SAME.replace("today", f"day{number}")


FOUND = {
    "results that nobody opens": (PAST + [idle(28 + n) for n in range(8)], {Kind.UNREAD}),
    "a schedule without a reader": (
        PAST + [idle(28 + 3 * n, scheduled=True, agent=2) for n in range(4)],
        {Kind.SCHEDULE},
    ),
    "a loop": ([*PAST, idle(28, sizes=LONG)], {Kind.LOOP}),
    "calls made again although they had worked": (
        [*PAST, repeated(task(28, sizes=(1000,) * 6))],
        {Kind.RERUN},
    ),
    "near duplicates": (
        PAST
        + [idle(28 + n, words=near(n)) for n in range(10)]
        + [task(30 + n, words=near(20 + n)) for n in range(2)],
        {Kind.ALIKE},
    ),
    "a context far above the past": (
        PAST + [task(28 + n, sizes=(1000, 1250, 16_000)) for n in range(8)],
        {Kind.CONTEXT},
    ),
    "whole tasks far above the past": (
        PAST + [task(28 + n, sizes=(60_000, 70_000)) for n in range(8)],
        {Kind.CONTEXT},
    ),
}


@pytest.mark.parametrize("name", FOUND)
def test_a_rule_finds(name):
    tasks, expected = FOUND[name]
    assert kinds(tasks) == expected


NONE = {
    "nothing at all": [],
    "only work": work(60),
    "a few unopened results": PAST + [idle(28 + n) for n in range(3)],
    "unopened as often as ever": [
        task(n / 4) if n % 3 else idle(n / 4) for n in range(240)
    ],  # a watcher: most of what it brings is nothing
    "unopened by its person, opened by another": PAST
    + [idle(28 + n, opened_by_other=True) for n in range(8)],
    "unopened with an effect": PAST + [idle(28 + n, effects=1) for n in range(8)],
    "unopened and verified": PAST + [idle(28 + n, verified=True) for n in range(8)],
    "unopened and called useful": PAST + [idle(28 + n, useful=True) for n in range(8)],
    "a schedule with one reader": PAST
    + [idle(28 + 3 * n, scheduled=True, agent=2, opened=n == 2) for n in range(4)],
    "a schedule that is two days old": PAST + [idle(28 + n / 2, scheduled=True, agent=2) for n in range(3)],
    "a long task whose result is opened": [*PAST, task(28, sizes=LONG)],
    "a long task like those before": [*work(28, sizes=LONG), idle(28, sizes=LONG)],
    "retries after failures": [
        *PAST,
        replace(
            (made := repeated(idle(28, sizes=(1000,) * 9))),
            calls=tuple(
                replace(call, failed=call.turn % 2 == 0, retried=call.turn % 2 == 1) for call in made.calls
            ),
        ),
    ],
    "calls made again that changed something": [*PAST, repeated(idle(28, sizes=(1000,) * 6, effects=1))],
    "the same job every day, opened": PAST + [task(28 + n, words=near(n)) for n in range(12)],
    "the same job every day, with effects": PAST
    + [idle(28 + n, words=near(n), effects=1) for n in range(12)],
    "large contexts as always": work(60, sizes=(1000, 1250, 16_000)),
    "large contexts with a better outcome": PAST
    + [task(28 + n, sizes=(60_000, 70_000), verified=True) for n in range(8)],
    "large contexts without any past": [task(n, sizes=(1000, 1250, 16_000)) for n in range(8)],
    "unopened without any past, some opened": [idle(n) if n % 2 else task(n) for n in range(12)],
}


@pytest.mark.parametrize("name", NONE)
def test_nothing_is_found_in(name):
    assert signals(NONE[name]) == []


def test_only_the_calls_that_are_far_above_are_named():
    tasks = PAST + [task(28 + n, sizes=(1000, 1250, 16_000)) for n in range(8)]
    found = signals(tasks)
    assert {key.split(".")[1] for one in found for key in one.calls} == {"2"}
    assert sum(len(one.calls) for one in found) == 8


def test_tasks_for_work_items_are_not_drawn_in_by_others():
    real = idle(30, item=True)
    tasks = [replace(one, item=True) for one in PAST] + [idle(28 + n) for n in range(8)] + [real]
    assert real.ref not in set(told(tasks, Kind.UNREAD))
    assert len(set(told(tasks, Kind.UNREAD))) == 8


def test_burning_for_long_does_not_become_usual():
    months = [idle(28 + n / 2) for n in range(112)]
    assert len(set(told(PAST + months, Kind.UNREAD))) == len(months)


def test_each_agent_has_its_own_signal_and_can_be_quieted():
    tasks = PAST + [idle(28 + n, agent=1 + n % 2) for n in range(12)]
    assert {(one.kind, one.agent) for one in signals(tasks)} == {(Kind.UNREAD, 1), (Kind.UNREAD, 2)}
    quiet = frozenset({(Kind.UNREAD, 2)})
    assert {one.agent for one in signals(tasks, quiet=quiet)} == {1}


def test_windows_before_the_asked_for_count_as_past_only():
    tasks = PAST + [idle(28 + n) for n in range(8)]
    since = max(one.at for one in tasks)
    assert signals(tasks, since=since) == []


def test_a_task_is_told_once_though_windows_overlap():
    tasks = PAST + [idle(28 + n / 2) for n in range(60)]
    refs = list(told(tasks, Kind.UNREAD))
    assert len(refs) == len(set(refs)) == 60
