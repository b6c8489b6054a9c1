"""How long one decision takes: 100 grants, a task with 200 calls behind it whose results were read. On demand.

``python -m tests.bench.decide`` prints the median, the 99th percentile and the longest, in microseconds of processor
time: for an agent whose hundred grants are of ten capabilities, and for one whose hundred are all of the same and
differ in their limits.
"""

import time
from datetime import UTC, datetime, timedelta
from statistics import median, quantiles

from agents.policy.decide import decide
from agents.policy.declarations import Argument, Capability, Effect, Output, Role, Type
from agents.policy.evaluation import Evaluation
from agents.policy.facts import Facts, GrantFact, Request
from agents.policy.provenance import Provenance
from agents.policy.results import CallResult

NOW = datetime(2026, 1, 1, tzinfo=UTC)
GRANTS, CALLS, ROUNDS = 100, 200, 3_000
READ = Capability(
    "mail.read",
    "read messages",
    "Read {message}",
    Effect.READ,
    (Argument("message", Role.OBJECT, "Message", kind="message"),),
    Output(gives=(("id", "message"),)),
)
DRAFT = Capability(
    "mail.draft",
    "write drafts",
    "Draft a mail to {to}",
    Effect.WRITE,
    (
        Argument("to", Role.DEST, "To", Type.TEXTS, kind="address"),
        Argument("message", Role.OBJECT, "In reply to", kind="message"),
        Argument("subject", Role.NAME, "Subject"),
        Argument("text", Role.CONTENT, "Text", longest=20_000),
    ),
)
TEXT = " ".join(
    f"The order {n} of lamp {n % 7} is late, could you tell Ann when it comes?" for n in range(20)
)


def world(kinds: int) -> Facts:
    """A task in the middle of a long round through a mailbox."""
    known = Provenance("Sort the inbox. Draft answers to ann@example.org about the lamp that is late.")
    for number in range(CALLS):
        mail = {"id": f"m{number}", "from": f"Ann <ann{number}@example.org>", "subject": "Lamp", "text": TEXT}
        known.add_result(CallResult(number, READ, mail))
    grants = tuple(
        GrantFact(
            number,
            DRAFT.name if number % kinds == 0 else f"mail.other{number % kinds}",
            1,
            "active",
            NOW + timedelta(days=7),
            DRAFT.digest,
            limits={"to": {"only": [f"*@team{number}.example.com", "@partner.example.com"]}},
        )
        for number in range(GRANTS)
    )
    return Facts(NOW, "active", owner_active=True, task_state="running", grants=grants, provenance=known)


def requests() -> list[Request]:
    """What such a task asks for: allowed, asked about and refused; short texts and long ones."""
    texts = [
        "Thank you, the lamp is late.",
        TEXT,
        f"{TEXT} See https://lamps.example/x and call +49 30 1234567.",
    ]
    return [
        Request(
            DRAFT.name,
            1,
            {"to": [to], "message": f"m{n * 37 % CALLS}", "subject": "Lamp", "text": text},
            DRAFT,
        )
        for n, text in enumerate(texts)
        for to in ("x@partner.example.com", "y@team90.example.com", "ann@example.org")
    ]


def main() -> None:
    for kinds in (10, 1):
        facts, asked = world(kinds), requests()
        verdicts = {decide(Evaluation(one, facts)).verdict.value for one in asked}
        took = []
        for number in range(ROUNDS):
            began = time.thread_time_ns()
            decide(Evaluation(asked[number % len(asked)], facts))
            took.append((time.thread_time_ns() - began) / 1000)
        print(
            f"{GRANTS} grants, {GRANTS // kinds} of them of the capability; {CALLS} calls read; "
            f"{len(asked)} different requests ({', '.join(sorted(verdicts))}): median {median(took):.0f} µs, "
            f"p99 {quantiles(took, n=100)[98]:.0f} µs, longest {max(took):.0f} µs"
        )


if __name__ == "__main__":
    main()
