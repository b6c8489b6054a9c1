"""What deployments bring."""

from agents.connectors.deploy.connector import Deploy
from agents.connectors.plugins import AgentsPlugin

PLUGIN = AgentsPlugin(connectors=[Deploy()])
