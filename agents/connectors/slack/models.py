"""The tables of Slack: what arrived, which account is whose, what is posted. Each row of what arrived has an end."""

from agents.connectors.slack.arriving.models import Arrival as Arrival
from agents.connectors.slack.linking.models import Link as Link
from agents.connectors.slack.linking.models import LinkCode as LinkCode
from agents.connectors.slack.posting.models import AskMessage as AskMessage
from agents.connectors.slack.posting.models import NoticeLine as NoticeLine
from agents.connectors.slack.posting.models import NoticeMessage as NoticeMessage
from agents.connectors.slack.posting.models import Reply as Reply
from agents.connectors.slack.posting.models import TaskThread as TaskThread
from agents.connectors.slack.posting.models import Workspace as Workspace
