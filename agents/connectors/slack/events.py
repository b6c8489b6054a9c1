"""Audit events of Slack accounts: linked, unlinked, changed. What comes from them is in the trail as anywhere else."""

from django.db import models


class SlackEvent(models.TextChoices):
    CODE_MADE = "slack.code_made", "{actor} made a code that links a Slack account to {target}"
    LINKED = "slack.linked", "{actor} linked {target}"
    UNLINKED = "slack.unlinked", "{actor} unlinked {target}"
    LINK_CHANGED = "slack.link_changed", "{actor} changed what {target} does"
