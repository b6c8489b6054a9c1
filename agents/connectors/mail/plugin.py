"""What a mailbox brings: the connector, ready-made agents, the offline model's job, its part of the sample company."""

from agents.connectors.mail import sample
from agents.connectors.mail.connector import Mail
from agents.connectors.mail.one_answer import TOGETHER
from agents.connectors.mail.providers import PRESETS
from agents.connectors.mail.ready import READY
from agents.connectors.mail.triage import SKILL
from agents.connectors.plugins import AgentsPlugin

PLUGIN = AgentsPlugin(
    providers=PRESETS,
    connectors=[Mail()],
    ready_made=READY,
    offline_skills=[SKILL],
    together=[TOGETHER],
    sample_connections={"mail": sample.CONNECTION},
    sample_agent=[sample.AGENT],
    demo=[sample.DEMO],
)
