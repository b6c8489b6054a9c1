"""Writes in one commit: each caller gets its own result or error, nobody waits for ever, all is durable on return."""

import threading
import time
from collections.abc import Callable

import pytest

from metering.usage.grouping import Group


def at_once(number: int, work: Callable[[int], object]) -> list[object]:
    results: list[object] = [None] * number

    def run(n: int) -> None:
        try:
            results[n] = work(n)
        except BaseException as error:
            results[n] = error

    threads = [threading.Thread(target=run, args=[n], daemon=True) for n in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive(), "a caller was left waiting"
    return results


def test_each_gets_its_own_result_and_they_share_commits():
    commits = []

    def write(items):
        time.sleep(0.01)
        commits.append(list(items))
        return [item * 10 for item in items]

    group = Group(write, most=64)
    assert at_once(40, group) == [n * 10 for n in range(40)]
    assert sorted(item for items in commits for item in items) == list(range(40))
    assert len(commits) < 20


def test_nobody_fails_for_another_s_mistake():
    written = set()

    def write(items):
        time.sleep(0.01)
        if 13 in items:
            raise ValueError("thirteen")
        written.update(items)
        return list(items)

    results = at_once(30, Group(write, most=64))
    assert isinstance(results[13], ValueError)
    assert [one for n, one in enumerate(results) if n != 13] == [n for n in range(30) if n != 13]
    assert written == set(range(30)) - {13}


def test_a_caller_that_is_ended_leaves_nobody_waiting():
    def write(items):
        time.sleep(0.01)
        if 3 in items:
            raise KeyboardInterrupt
        return list(items)

    group = Group(write, most=4)
    results = at_once(20, group)
    assert sum(isinstance(one, KeyboardInterrupt) for one in results) <= 4
    assert group(99) == 99


@pytest.mark.parametrize("most", [1, 3])
def test_a_group_is_never_larger_than_it_may_be(most):
    sizes = []

    def write(items):
        sizes.append(len(items))
        time.sleep(0.002)
        return list(items)

    assert at_once(12, Group(write, most)) == list(range(12))
    assert max(sizes) <= most
