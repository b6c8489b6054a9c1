"""Portal chat: an agent posts to a person or a team inside the portal."""

from agents.connectors.chat.connector import PortalChat

__all__ = ["PortalChat"]
