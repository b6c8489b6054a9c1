"""What the portal's chat brings: the connector, its page and its part of the start page, its table about people."""

from agents.connectors.chat.connector import PortalChat
from agents.connectors.chat.parts import home_parts, links
from agents.connectors.chat.personal_data import PERSONAL_DATA
from agents.connectors.plugins import AgentsPlugin, SampleConnection, TaskTexts

PLUGIN = AgentsPlugin(
    connectors=[PortalChat()],
    urls=[("messages/", "agents.connectors.chat.urls")],
    links=links,
    home_parts=home_parts,
    personal_data=PERSONAL_DATA,
    sample_connections={
        "chat": SampleConnection(
            name="Portal chat",
            why="Tell the team what came in",
            settings=dict,
            limits=lambda email, team: {"chat.post": {"to": {"only": [email, team]}}},
        )
    },
    task_texts=[TaskTexts("chat.ChatMessage", task="task_number", written="posted_at", columns=("text",))],
)
