"""For pytest: tests lie in ``tests/`` and in each connector's folder, and share the same fixtures."""

import gc

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.fixtures"]

# A test must not fail because the machine is busy: claims about speed live in tests/bench.
settings.register_profile("portal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("portal")


def pytest_collection_finish() -> None:
    """Thousands of tests that were collected need not be looked through at each collection of garbage."""
    gc.collect()
    gc.freeze()
