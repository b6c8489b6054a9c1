"""A plugin of pytest for mutmut: tests are collected once, and the fork of each mutant runs those that concern it.

Without it every mutant begins pytest and collects the files again, which takes ten times as long as the tests. For pure
tests only: the fixtures of a session that has ended are made anew, its capture of output is not. What functions
remember from the session is forgotten, since a change shows only where something is found out anew.
"""

import sys
from collections.abc import Iterable
from itertools import zip_longest

import pytest
from _pytest.runner import runtestprotocol
from mutmut.runners.harness import PytestRunner
from mutmut.utils.file_utils import change_cwd

COLLECTED: dict[str, pytest.Item] = {}
from_the_start = PytestRunner.run_tests


def pytest_collection_finish(session: pytest.Session) -> None:
    COLLECTED.update({item.nodeid: item for item in session.items})


def run_collected(self: PytestRunner, *, mutant_name: str | None, tests: Iterable[str]) -> int:
    """Of a mutant: the tests that mutmut names, in its order, up to the first that fails."""
    if mutant_name is None:
        return from_the_start(self, mutant_name=None, tests=tests)
    items = [COLLECTED[name] for name in tests]
    plugins = items[0].config.pluginmanager
    if plugins.hasplugin("capturemanager"):
        plugins.unregister(name="capturemanager")
    _forget()
    with change_cwd("mutants"):
        for item, following in zip_longest(items, items[1:]):
            if any(report.failed for report in runtestprotocol(item, log=False, nextitem=following)):
                return pytest.ExitCode.TESTS_FAILED
    return pytest.ExitCode.OK


PytestRunner.run_tests = run_collected  # type: ignore[method-assign]  # mutmut has no place for it


def _forget() -> None:
    for name, module in sys.modules.items():
        if name.startswith("agents.policy."):
            for value in vars(module).values():
                if hasattr(value, "cache_clear"):
                    value.cache_clear()
                elif isinstance(value, dict) and hasattr(value, "__missing__"):
                    value.clear()
