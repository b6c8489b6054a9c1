"""A shop for each test, with its own folder."""

from pathlib import Path
from typing import Any

import pytest

from agents.connectors.deploy.tests import repositories


@pytest.fixture
def shop(tmp_path: Path, settings: Any) -> repositories.Shop:
    return repositories.shop(tmp_path / "deployments", settings)
