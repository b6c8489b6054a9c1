"""How soon a task ends that meets a bad model server, and its page opens: ``python -m tests.bench.model_servers``.

Runs ``tests/agents/test_model_servers.py`` in one process and prints its table.
"""

import sys
from pathlib import Path

import pytest


def main() -> int:
    tests = Path(__file__).resolve().parents[1] / "agents" / "test_model_servers.py"
    return int(pytest.main(["-q", "-s", "-n0", "-p", "no:cacheprovider", str(tests)]))


if __name__ == "__main__":
    sys.exit(main())
