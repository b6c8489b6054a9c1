"""Keys of effects: made in one place, handed on in one place, and no connector does two things under one."""

import re
import time
from pathlib import Path
from typing import Any

import pytest

from agents.connectors import connectors
from agents.connectors.base import Connector, ConnectorError, Result
from agents.connectors.results import Awaited, Ended
from agents.policy.declarations import Capability, Effect, Role
from tests.agents import playgrounds

ROOT = Path(playgrounds.FOLDER).parents[1]
CHANGING = [
    pytest.param(connector, capability, id=capability.name)
    for connector in connectors().values()
    for capability in connector.capabilities
    if capability.effect not in (Effect.READ, Effect.FETCH)
]


def where(pattern: str) -> set[str]:
    """The modules of the portal itself that hold this."""
    found = (path for app in ("agents", "metering", "portal") for path in (ROOT / app).rglob("*.py"))
    return {
        str(path.relative_to(ROOT))
        for path in found
        if "tests" not in path.parts
        and "migrations" not in path.parts
        and re.search(pattern, path.read_text())
    }


def test_keys_are_made_in_one_place_and_handed_to_connectors_in_one_place():
    assert where(r"\bCallContext\(\n") == {"agents/gate/contexts.py"}
    assert where(r"\bdef effect_key\(") == {"agents/queue/keys.py"}
    assert where(r"\beffect_key\((?!step: )") == {"agents/gate/calling.py"}
    assert where(r"\bCall\(\n") == {"agents/gate/calling.py"}
    unique = {path for path in where(r"uuid4|uuid5") if path.startswith(("agents/gate", "agents/connectors"))}
    assert unique == {"agents/connectors/slack/telling/channel.py"}  # of messages to people, none of a call


def ended(connector: Connector, place: playgrounds.Playground, capability: Capability) -> Result:
    """What goes on in its system is followed to its end."""
    call = place.call(capability.name)
    found: Result | Awaited | Ended = connector.perform(place.connection, call)
    until = time.monotonic() + 20
    while isinstance(found, Awaited) and time.monotonic() < until:
        time.sleep(0.05)
        found = connector.look(place.connection, call, found.cursor)
    assert isinstance(found, Result | Ended)
    return found.result if isinstance(found, Ended) else found


@pytest.mark.parametrize(("connector", "capability"), CHANGING)
@pytest.mark.django_db
def test_one_key_is_one_thing(connector: Connector, capability: Capability, tmp_path: Path, settings: Any):
    place = playgrounds.made(connector.kind, tmp_path, settings)
    first = ended(connector, place, capability)
    assert dict(first.counts) == dict(connector.counted.get(capability.name, {})), (
        "what a confirmed call counts"
    )
    if type(connector).reconcile is Connector.reconcile:
        return  # it cannot tell, so that a person says what became of the call
    assert connector.reconcile(place.connection, place.call(capability.name)) is not None
    words = [one.name for one in capability.arguments if one.role is Role.CONTENT]
    if not words:
        return  # what is set twice is there once
    assert connector.perform(place.connection, place.call(capability.name)).data == first.data
    other = place.call(capability.name, **dict.fromkeys(words, "Something else"))
    with pytest.raises(ConnectorError):
        connector.perform(place.connection, other)
    assert connector.perform(place.connection, place.call(capability.name)).data == first.data
