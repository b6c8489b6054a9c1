"""For pytest: tests lie in ``tests/`` and in each connector's folder, and share the same fixtures."""

import gc
import time

import pytest
from hypothesis import HealthCheck, settings

YEAR = 365 * 86_400.0  # seconds

pytest_plugins = ["tests.fixtures"]

# A test must not fail because the machine is busy: claims about speed live in tests/bench.
settings.register_profile("portal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("portal")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Several processes (``-n``) must call a test the same: each of them writes a set in another order, and has another
    time."""
    begun = time.time()
    for item in items:
        for one in getattr(getattr(item, "callspec", None), "params", {}).values():
            now = isinstance(one, float) and abs(one - begun) < YEAR
            if (now or (one and isinstance(one, set | frozenset))) and str(one) in item.name:
                raise pytest.UsageError(
                    f"{item.nodeid}: its name holds a set or a moment of now. Sort it, or give it an id."
                )


def pytest_collection_finish() -> None:
    """Thousands of tests that were collected need not be looked through at each collection of garbage."""
    gc.collect()
    gc.freeze()
