"""A connection of the portal's chat for the contract suite, with somebody to post to."""

from pathlib import Path
from typing import Any

from agents.connectors.base import ConnectionContext
from tests import builders
from tests.agents.playgrounds import Playground
from tests.cast import make_cast


def playground(folder: Path, settings: Any) -> Playground:
    cast = make_cast()
    agent = builders.agent(cast.mia, cast.support)
    chat = builders.chat(cast.ada, cast.support)
    arguments = {"chat.post": {"to": cast.lea.email, "text": "Sorted."}}
    return Playground(
        ConnectionContext(chat.pk, chat.name, {}), arguments, agent=agent.pk, person=cast.mia.pk
    )
