"""What a task that is handed over may use: what it could use before, if its agent has that for the successor."""

from agents.queue.envelopes import Pair, held
from agents.succession.models import Handover


def envelope(handover: Handover) -> frozenset[Pair]:
    before = frozenset((name, place) for name, place in handover.task.envelope or [])
    return before & {choice.pair for choice in held(handover.task.agent, handover.to)}
