"""For pytest: tests lie in ``tests/`` and in each connector's folder, and share the same fixtures."""

import gc
import os
import time
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

YEAR = 365 * 86_400.0  # seconds

pytest_plugins = ["tests.fixtures"]

# A test must not fail because the machine is busy: claims about speed live in tests/bench.
settings.register_profile("portal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("portal")


ENVIRONMENT = pytest.StashKey[dict[str, str]]()


def pytest_collection(session: pytest.Session) -> None:
    session.config.stash[ENVIRONMENT] = _environment()


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


@pytest.fixture(scope="module", autouse=True)
def same_environment(pytestconfig: pytest.Config) -> Iterator[None]:
    """What one file sets in the environment, every process that a later test starts has too."""
    begun = pytestconfig.stash[ENVIRONMENT]
    assert _environment() == begun, "a file has set this when it was imported"
    yield
    assert _environment() == begun, "this file has set this and left it"


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
