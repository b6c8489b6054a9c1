"""How long one decision takes: 100 grants, a history of 200 calls, the arguments one by one looked at.

``python -m tests.bench.deciding`` prints median and p99 in milliseconds of the thread's own time (a busy machine is not
the rules' doing), and fails at 1 ms or more. The worst of all (every grant is about this very call and its limits let
nothing through, or a text of three hundred words) is printed and fails nothing.
"""

import statistics
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from agents.policy.decide import decide
from agents.policy.facts import (
    Argument,
    Capability,
    Decision,
    Effect,
    Facts,
    GrantFact,
    Output,
    Request,
    Role,
    Type,
    Verdict,
)
from agents.policy.provenance import Provenance, Seen

NOW = datetime(2026, 1, 1, tzinfo=UTC)
GRANTS, HISTORY, ROUNDS = 100, 200, 2_000
KINDS = 20  # capabilities that the agent's grants are about: five of them are about the call
INSTRUCTION = "Read the newest mails and send a summary of them to lea@example.com by Friday. " * 5
WORDS = "The invoice of the third quarter is attached, please look at it before the meeting. " * 20
READ = Capability(
    "box.read", "read", "Read", Effect.READ, output=Output(gives=(("id", "message"),)), label="subject"
)
SEND = Capability(
    "box.send",
    "send",
    "Send to {to}",
    Effect.IRREVERSIBLE,
    (
        Argument("to", Role.DEST, "Receivers", Type.TEXTS, kind="address"),
        Argument("about", Role.OBJECT, "Message", kind="message", required=False),
        Argument("subject", Role.NAME, "Subject", required=False),
        Argument("text", Role.CONTENT, "Text", required=False),
    ),
)
# Allowed by the last grant that fits; asked about because of one address; asked about because of a long text.
CALLS = {
    "allowed": {"to": ["lea@example.com"], "subject": "summary", "text": "a summary of them"},
    "a strange address": {"to": ["lea@example.com", "m@evil.example"], "text": "a summary of them"},
    "a strange sentence": {"to": ["lea@example.com"], "text": WORDS[:300]},
}
WORST = {"three hundred words": {"to": ["lea@example.com"], "text": WORDS}}


def facts(kinds: int = KINDS) -> Facts:
    """Of ``kinds`` capabilities. But for the last no grant about the call lets it through."""
    known = Provenance(INSTRUCTION)
    for number in range(HISTORY):
        known.saw(Seen(number, READ, {"id": str(number), "subject": f"Invoice {number}", "text": WORDS}))
    ends = NOW + timedelta(days=1)
    held = [
        GrantFact(
            number,
            f"other.{number % kinds}" if number % kinds else SEND.name,
            1,
            "active",
            ends,
            SEND.digest,
            {"to": {"only": [f"*@{number}.example"]}},
        )
        for number in range(1, GRANTS)
    ]
    held.append(GrantFact(GRANTS, SEND.name, 1, "active", ends, SEND.digest))
    return Facts(
        NOW,
        agent_state="active",
        owner_active=True,
        task_state="running",
        grants=tuple(held),
        provenance=known,
    )


def times(once: Callable[[int], Decision]) -> tuple[float, float]:
    """Median and p99 in milliseconds."""
    took = []
    for number in range(ROUNDS):
        begun = time.thread_time_ns()
        once(number)
        took.append((time.thread_time_ns() - begun) / 1_000_000)
    return statistics.median(took), statistics.quantiles(took, n=100)[98]


def main() -> int:
    known, slow = facts(), False
    for name, arguments in CALLS.items():
        wanted = Verdict.ALLOW if name == "allowed" else Verdict.ASK
        slow = measured(name, arguments, known, wanted) >= 1 or slow
    measured("every grant is about it", CALLS["allowed"], facts(1), Verdict.ALLOW)
    for name, arguments in WORST.items():
        measured(name, arguments, known, Verdict.ASK)
    return int(slow)


def measured(name: str, arguments: Mapping[str, Any], known: Facts, wanted: Verdict) -> float:
    """Printed; p99 in milliseconds."""

    def once(number: int) -> Decision:  # no text is decided on twice
        text = f"{arguments['text']}{' ' * (number % 500)}"
        return decide(Request(SEND.name, 1, {**arguments, "text": text}, SEND), known)

    assert once(0).verdict is wanted, name
    median, late = times(once)
    print(f"{name}: median {median:.3f} ms, p99 {late:.3f} ms")
    return late


if __name__ == "__main__":
    sys.exit(main())
