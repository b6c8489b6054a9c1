"""What a memory brings: the connector, the pages of notes, their table about people, its part of the sample."""

from agents.connectors.memory.connector import Memory
from agents.connectors.memory.dreaming import SKILL
from agents.connectors.memory.events import MemoryEvent
from agents.connectors.memory.parts import home_parts, links
from agents.connectors.memory.personal_data import PERSONAL_DATA
from agents.connectors.memory.sample import CONNECTION, NIGHTS
from agents.connectors.plugins import AgentsPlugin
from portal.plugins import Beat

PLUGIN = AgentsPlugin(
    connectors=[Memory()],
    offline_skills=[SKILL],
    urls=[("memory/", "agents.connectors.memory.urls")],
    links=links,
    home_parts=home_parts,
    personal_data=PERSONAL_DATA,
    events=MemoryEvent,
    beats={"memory-sweep": Beat("memory.sweep", 3600)},
    sample_connections={"memory": CONNECTION},
    sample_nights=NIGHTS,
)
