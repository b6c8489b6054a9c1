"""A task as the gate tells it to the rules: each call is looked at before its result is read."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from agents.policy.asking import ended
from agents.policy.decide import decide
from agents.policy.declarations import Capability
from agents.policy.evaluation import Evaluation
from agents.policy.facts import Facts, GrantFact, Request
from agents.policy.provenance import Provenance
from tests.agents.strategies import NOW

PLACE = 7


class Told:
    def __init__(self, instruction: str, own: tuple[str, ...] = ()) -> None:
        self.known = Provenance(instruction, own=own)
        self.number = 0

    def call(
        self, capability: Capability, result: Any, *, allowed: bool = False, on: int = PLACE, **arguments: Any
    ) -> None:
        """It was made, with this result. ``allowed``: a person said yes to it."""
        self.number += 1
        request = Request(capability.name, on, arguments, capability)
        self.known.add_result(ended(self.number, request, result, self.known, allowed=allowed))

    def verdict(self, capability: Capability, arguments: Mapping[str, Any], on: int = PLACE) -> str:
        """What the rules say to a call with these arguments under a plain grant."""
        grant = GrantFact(1, capability.name, on, "active", NOW + timedelta(days=1), capability.digest)
        facts = Facts(
            NOW,
            agent_state="active",
            owner_active=True,
            task_state="running",
            grants=(grant,),
            provenance=self.known,
        )
        return decide(Evaluation(Request(capability.name, on, arguments, capability), facts)).verdict.value
