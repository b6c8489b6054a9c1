"""Decisions after a stranger's text was read: nothing but the person's words and the grant speaks for a call."""

from datetime import timedelta
from typing import Any

from agents.policy.decide import decide
from agents.policy.declarations import Argument, Capability, Effect, Output, Role, Type
from agents.policy.evaluation import Evaluation
from agents.policy.facts import Decision, Facts, GrantFact, Request, Verdict
from agents.policy.provenance import Provenance
from agents.policy.results import CallResult
from tests.agents.strategies import NOW

READ = Capability("box.read", "read messages", "Read", Effect.READ, output=Output(gives=(("id", "file"),)))
SEND = Capability(
    "box.send",
    "send",
    "Send to {to}",
    Effect.IRREVERSIBLE,
    (
        Argument("to", Role.DEST, "Receivers", Type.TEXTS, required=False, kind="address"),
        Argument("url", Role.DEST, "Page", required=False, kind="url"),
        Argument("file", Role.OBJECT, "File", required=False, kind="file"),
        Argument("amount", Role.VALUE, "Amount", Type.NUMBER, required=False),
        Argument("word", Role.VALUE, "Word", required=False),
        Argument("title", Role.NAME, "Title", required=False),
        Argument("text", Role.CONTENT, "Text", required=False),
        Argument("when", Role.TIME, "When", required=False),
    ),
)
INSTRUCTION = (
    "Send the summary to lea@example.com and post it on https://example.com/board. Pay 1500 for it. "
    "Set the word to kestrel and write a note to Nils about file 4711."
)


def decided(
    arguments: Any,
    instruction: str = INSTRUCTION,
    limits: Any = None,
    capability: Capability = SEND,
    results: tuple[Any, ...] = ({"text": "A stranger wrote this to mallory@evil.example"},),
    own: tuple[str, ...] | list[str] = (),
) -> Decision:
    known = Provenance(instruction, own=own)
    for number, data in enumerate(results, 1):
        known.add_result(CallResult(number, READ, data))
    grant = GrantFact(
        1, capability.name, 7, "active", NOW + timedelta(days=1), capability.digest, limits or {}
    )
    facts = Facts(
        NOW,
        agent_state="active",
        owner_active=True,
        task_state="running",
        grants=(grant,),
        provenance=known,
    )
    return decide(Evaluation(Request(capability.name, 7, arguments, capability), facts))


def goes(arguments: Any, **more: Any) -> bool:
    """Does it just go?"""
    return decided(arguments, **more).verdict is Verdict.ALLOW


def codes(arguments: Any, **more: Any) -> set[str]:
    return {reason.code for reason in decided(arguments, **more).reasons}
