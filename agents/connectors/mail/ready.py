"""Ready-made agents for a mailbox."""

from agents.connectors.plugins import ReadyMade

READY = (
    ReadyMade(
        key="triage",
        name="Inbox triage",
        purpose="Sorts a mailbox and prepares answers to questions",
        instructions="One label for each message. Draft an answer only where a person waits for one.",
        envelope=frozenset({"mail.list", "mail.read", "mail.label", "mail.draft"}),
        tells=True,
        remembers=True,
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
