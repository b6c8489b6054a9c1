"""The enforcement point. Every use of a capability goes through here, and only here are connectors called.

Facts are loaded, ``policy.decide`` speaks, the call's row, its entry and its effect tell the same story. Before an
effect the row says *started* with its idempotency key; after it, *done*. A call found *started* was interrupted: its
connector is asked whether it happened, and where it cannot tell, the call is *unknown* and is never repeated.
"""

from agents.gate.calling import call
from agents.gate.deciding import digest
from agents.gate.performing import LARGEST_RESULT

__all__ = ["LARGEST_RESULT", "call", "digest"]
