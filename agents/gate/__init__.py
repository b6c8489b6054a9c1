"""The enforcement point: every use of a capability goes through here, and only here are connectors called.

Before an effect the call's row says *started* with its idempotency key; after it, *done*. A call found *started* was
interrupted: its connector is asked whether it happened. Where it cannot tell, the call is *unknown*: its task waits
until a person says what happened (``unclear_calls``), and nothing is repeated before.

Read in this order: ``calling`` (one call from wish to end), ``deciding`` (row, grant's use, ask and entry together),
``room`` (calls at once on a connection), ``facts`` and ``provenance_cache`` (what the rules look at), ``performing``
(the effect), ``awaiting`` (effects that go on in their system), ``locking`` (one process at a call), ``recovery``
(calls of dead workers), ``unclear_calls`` (what people say of them), ``shadow_observer`` (trial runs), ``outcomes``
(work items), ``events`` (what schedules wait for).
"""

from agents.gate.calling import OtherPayload, call, give_up
from agents.gate.performing import LARGEST_RESULT
from agents.queue.keys import digest

__all__ = ["LARGEST_RESULT", "OtherPayload", "call", "digest", "give_up"]
