"""What deployments bring: the connector, their pages and the line in the rail, the offline model's job, ready-made
agents, and its part of the sample company.
"""

from agents.connectors.deploy.asked import SKILL
from agents.connectors.deploy.connector import Deploy
from agents.connectors.deploy.notices import KINDS
from agents.connectors.deploy.parts import links
from agents.connectors.deploy.ready import READY
from agents.connectors.deploy.ready import SKILL as WATCHES
from agents.connectors.deploy.sample import CONNECTION
from agents.connectors.deploy.sample import READY as STARTS
from agents.connectors.plugins import AgentsPlugin

PLUGIN = AgentsPlugin(
    connectors=[Deploy()],
    urls=[("deployments/", "agents.connectors.deploy.urls")],
    links=links,
    notices=KINDS,
    offline_skills=[SKILL, WATCHES],
    ready_made=[STARTS, *READY],
    sample_connections={"deploy": CONNECTION},
)
