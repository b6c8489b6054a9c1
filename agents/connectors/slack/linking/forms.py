"""The form of a linked account: who takes tasks that name no agent, and whether notices go there."""

from typing import Any

from django import forms

from agents.connectors import the_desk
from agents.connectors.slack.linking.models import Link
from portal.editing import EditForm


class LinkForm(EditForm):
    agent = forms.TypedChoiceField(
        label="Your usual agent",
        required=False,
        coerce=int,
        empty_value=None,
        help_text="It takes tasks that begin with no agent's name.",
    )
    told = forms.BooleanField(
        label="Tell me in Slack, too",
        required=False,
        help_text="What happened, never with which words. Which kinds, you choose under “Notices”.",
    )

    def __init__(self, data: Any, link: Link) -> None:
        super().__init__(data, initial={"agent": link.agent_id or "", "told": link.told})
        agents = [(choice.number, choice.name) for choice in the_desk().agents(link.person)]
        self.fields["agent"].choices = [("", "None"), *agents]  # type: ignore[attr-defined]
