"""Celery entry points of Slack: one row each, and the round of the clock."""

from celery import shared_task

from agents.connectors.slack import sweeping
from agents.connectors.slack.answering import messages
from agents.connectors.slack.arriving import work
from agents.connectors.slack.posting import replies
from agents.connectors.slack.telling import lines

arrived = shared_task(name="slack.arrived")(work.work)
reply = shared_task(name="slack.reply")(replies.deliver)
ask = shared_task(name="slack.ask")(messages.deliver)
notices = shared_task(name="slack.notices")(lines.deliver)
sweep = shared_task(name="slack.sweep")(sweeping.sweep)
forget = shared_task(name="slack.forget")(sweeping.forget)
