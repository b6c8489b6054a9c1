"""What Slack brings: the connector with a ready-made agent and the offline model's job, the door for what it sends,
linked accounts and their part of the profile.
"""

from celery.schedules import crontab

from agents.connectors.plugins import AgentsPlugin
from agents.connectors.slack.connector import Slack
from agents.connectors.slack.digest import READY, SKILL
from agents.connectors.slack.events import SlackEvent
from agents.connectors.slack.linking import leaving
from agents.connectors.slack.linking.parts import profile_parts
from agents.connectors.slack.personal_data import PERSONAL_DATA
from agents.connectors.slack.telling.channel import REASONS, SlackNotices
from portal.plugins import Beat

PLUGIN = AgentsPlugin(
    connectors=[Slack()],
    ready_made=[READY],
    offline_skills=[SKILL],
    urls=[("slack/", "agents.connectors.slack.urls")],
    profile_parts=profile_parts,
    personal_data=PERSONAL_DATA,
    events=SlackEvent,
    reasons=REASONS,
    notice_channels=[SlackNotices()],
    beats={
        # What was not sent to a worker or could not be posted, and buttons of asks that are closed by now.
        "slack-sweep": Beat("slack.sweep", 10, here=True),
        "slack-forget": Beat("slack.forget", crontab(hour=2, minute=5)),
    },
    leaving_means=leaving.consequences,
    on_person_leaves=leaving.person_left,
)
