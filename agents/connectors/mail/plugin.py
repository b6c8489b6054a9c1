"""What this folder brings: see ``agents.connectors.plugins``."""

from agents.connectors.mail.connector import Mail
from agents.connectors.plugins import AgentsPlugin

PLUGIN = AgentsPlugin(connectors=[Mail()])
