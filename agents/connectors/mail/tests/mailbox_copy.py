"""A copy of the sample mailbox, and calls on it through the connector."""

import email
from email.message import Message
from pathlib import Path
from typing import Any

from agents.connectors.base import CallContext, ConnectionContext, Result
from agents.connectors.mail.connector import Mail
from agents.connectors.mail.importing import import_folder

SAMPLE = Path(__file__).parents[1] / "sample_mailbox"
mail = Mail()


class Calls:
    """On the mailbox of ``connection``, whatever keeps it."""

    connection: ConnectionContext

    def context(self, capability: str, key: str = "k1", **arguments: Any) -> CallContext:
        return CallContext(f"mail.{capability}", arguments, key, 7, "Inbox triage", 1, 2)

    def call(self, capability: str, key: str = "k1", **arguments: Any) -> Result:
        return mail.perform(self.connection, self.context(capability, key, **arguments))

    def happened(self, capability: str, key: str = "k1", **arguments: Any) -> Result | None:
        return mail.reconcile(self.connection, self.context(capability, key, **arguments))

    def ids(self, folder: str = "INBOX") -> list[str]:
        return [message["id"] for message in self.call("list", folder=folder).data["messages"]]


class Mailbox(Calls):
    def __init__(self, root: Path) -> None:
        self.path = root / "support"
        import_folder(SAMPLE, self.path)
        self.connection = ConnectionContext(
            1, "Support", {"path": str(self.path), "address": "support@example.com"}
        )

    def drafts(self) -> list[Message]:
        folder = self.path / ".Drafts" / "cur"
        return [email.message_from_bytes(file.read_bytes()) for file in sorted(folder.iterdir())]
