"""For pytest: tests lie in ``tests/`` and in each connector's folder, and share the same fixtures."""

pytest_plugins = ["tests.fixtures"]
