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
        example="Sort the inbox: label each new message and draft answers to questions.",
        line="0 * * * 1-5",
    ),
    ReadyMade(
        key="reader",
        name="Inbox reader",
        purpose="Reads a mailbox and says what waits for an answer; it changes nothing",
        instructions="Answer in a few sentences. Name who wrote and what they want.",
        envelope=frozenset({"mail.list", "mail.read"}),
        example="Read the new messages in the inbox and tell me which of them wait for an answer.",
    ),
    ReadyMade(
        key="morning-digest",
        name="Morning digest",
        purpose="Says each morning what came into a mailbox and what waits for an answer; it changes nothing",
        instructions="Ten lines at most. What waits for an answer first, then what is new. Leave out advertising.",
        envelope=frozenset({"mail.list", "mail.read"}),
        tells=True,
        example="Read the new messages in the inbox and tell me which of them wait for an answer.",
        line="30 7 * * 1-5",
    ),
    ReadyMade(
        key="drafts",
        name="Draft writer",
        purpose="Writes drafts of answers, which only a person can send",
        instructions="Short and friendly. Leave open what only a person can decide.",
        envelope=frozenset({"mail.list", "mail.read", "mail.draft"}),
        example="Draft answers to the questions in the inbox.",
    ),
)
