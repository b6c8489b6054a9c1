"""A channel for the contract suite, in a workspace that emulate keeps."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from agents.connectors.slack.tests import workspace
from tests.agents.playgrounds import Playground


def playground(folder: Path, settings: Any) -> Playground:
    connection = workspace.connection()
    gone = {**connection.settings, "api": "http://127.0.0.1:9/api/"}
    return Playground(
        connection,
        {"slack.channels": {"page": 1}},
        gone=replace(connection, settings=gone),
    )
