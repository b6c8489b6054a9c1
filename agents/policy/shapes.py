"""The shape of a call: what of it a person fixes who allows it before it is made. Its own words are left open. Pure."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from agents.policy.declarations import Capability


def fixed(capability: Capability, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """All but names and texts of the agent's making, exactly as they are: what is left out is left out here too."""
    open_ = {argument.name for argument in capability.arguments if argument.open}
    return {name: value for name, value in arguments.items() if name not in open_}


def shape(capability: Capability, connection: int, arguments: Mapping[str, Any]) -> str:
    """Equal for calls that differ in their words only. Canonical as the digest of an ask: 1 is not true, nor "1"."""
    named = [capability.name, connection, fixed(capability, arguments)]
    return hashlib.sha256(json.dumps(named, sort_keys=True).encode()).hexdigest()
