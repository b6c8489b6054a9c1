"""A channel for the contract suite, in a workspace that emulate keeps."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from agents.connectors.base import ConnectionContext
from agents.connectors.slack.connector import Slack
from agents.connectors.slack.names import message_id
from agents.connectors.slack.tests import workspace
from tests.agents.playgrounds import Playground

LEA = workspace.PEOPLE["lea"]


def playground(folder: Path, settings: Any) -> Playground:
    """Mia asked something there; the agent wrote two messages, of which it may change one and delete the other."""
    connection = workspace.connection()
    place, name = workspace.channel()
    asked = message_id(place, workspace.says("mia", place, "Who has the keys?"))
    own = [_posted(connection, name, f"Number {number}") for number in (1, 2)]
    there, text = {"channel": name, "message": asked}, {"text": "Lea has them.", "mentions": [LEA]}
    arguments: Mapping[str, Mapping[str, Any]] = {
        "slack.channels": {"page": 1},
        "slack.read": {"channel": name, "before": asked},
        "slack.thread": there,
        "slack.search": {"channel": name, "words": "keys"},
        "slack.person": {"person": LEA},
        "slack.post": {"channel": name, **text},
        "slack.reply": {**there, **text},
        "slack.message": {"person": LEA, "text": "You have the keys."},
        "slack.react": {**there, "emoji": "eyes"},
        "slack.update": {"channel": name, "message": own[0], "text": "Number three"},
        "slack.delete": {"channel": name, "message": own[1]},
        "slack.upload": {"channel": name, "name": "keys.csv", "text": "who,what\nLea,all"},
    }
    # What an admin no longer lets it reach is gone at once; a server that is away is tried again for a while.
    return Playground(connection, arguments, gone=replace(connection, inside=()))


def _posted(connection: ConnectionContext, channel: str, text: str) -> str:
    place = Playground(connection, {"slack.post": {"channel": channel, "text": text}})
    return str(Slack().perform(connection, place.call("slack.post", str(uuid4()))).data["id"])
