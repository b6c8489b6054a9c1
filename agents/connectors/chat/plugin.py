"""What this folder brings: see ``agents.connectors.plugins``."""

from agents.connectors.chat.connector import PortalChat
from agents.connectors.plugins import AgentsPlugin

PLUGIN = AgentsPlugin(connectors=[PortalChat()])
