"""For pytest: tests lie in ``tests/`` and in each connector's folder, and share the same fixtures."""

import gc

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.fixtures"]

# A test must not fail because the machine is busy: claims about speed live in tests/bench.
settings.register_profile("portal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("portal")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Several processes (``-n``) must call a test the same: each of them writes a set in another order."""
    for item in items:
        given = getattr(item, "callspec", None)
        if given and any(
            isinstance(one, set | frozenset) and str(one) in item.name for one in given.params.values() if one
        ):
            raise pytest.UsageError(f"{item.nodeid}: its name holds a set. Sort it where ids are made.")


def pytest_collection_finish() -> None:
    """Thousands of tests that were collected need not be looked through at each collection of garbage."""
    gc.collect()
    gc.freeze()
