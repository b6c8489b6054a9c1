"""Ready-made agents: what a person can begin with. Each brings its words, what it needs, and its tasks' envelope."""

from dataclasses import dataclass

from agents.registry.models import Agent


@dataclass(frozen=True, slots=True)
class ReadyMade:
    """``envelope``: the capabilities that each of its tasks begins with; what it asks to be granted is the same."""

    key: str
    name: str
    purpose: str
    instructions: str
    envelope: frozenset[str]


READY = (
    ReadyMade(
        key="triage",
        name="Inbox triage",
        purpose="Sorts a mailbox and prepares answers to questions",
        instructions="One label for each message. Draft an answer only where a person waits for one.",
        envelope=frozenset({"mail.list", "mail.read", "mail.label", "mail.draft", "chat.post"}),
    ),
    ReadyMade(
        key="reader",
        name="Inbox reader",
        purpose="Reads a mailbox and says what waits for an answer; it changes nothing",
        instructions="Answer in a few sentences. Name who wrote and what they want.",
        envelope=frozenset({"mail.list", "mail.read"}),
    ),
    ReadyMade(
        key="drafts",
        name="Draft writer",
        purpose="Writes drafts of answers, which only a person can send",
        instructions="Short and friendly. Leave open what only a person can decide.",
        envelope=frozenset({"mail.list", "mail.read", "mail.draft"}),
    ),
)


def ready_made(key: str) -> ReadyMade | None:
    return next((ready for ready in READY if ready.key == key), None)


def needed(agent: Agent) -> frozenset[str]:
    """The capabilities that a ready-made agent works with; of any other nobody knows beforehand."""
    ready = ready_made(agent.ready_made)
    return ready.envelope if ready else frozenset()
