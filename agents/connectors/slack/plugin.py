"""What Slack brings."""

from agents.connectors.plugins import AgentsPlugin
from agents.connectors.slack.connector import Slack

PLUGIN = AgentsPlugin(connectors=[Slack()])
