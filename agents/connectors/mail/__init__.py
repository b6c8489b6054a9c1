"""Mail: a mailbox in a Maildir on disk. Reads, labels, moves and drafts; it cannot send."""

from agents.connectors.mail.connector import Mail
from agents.connectors.mail.location import personal_path_ok

__all__ = ["Mail", "personal_path_ok"]
