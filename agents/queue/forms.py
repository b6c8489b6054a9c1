"""The part of a form that a task and a schedule share: the words, and what a task made of them may use."""

from typing import Any

from django import forms
from django.http import QueryDict

from agents.connectors.plugins import ReadyMade
from agents.queue.envelopes import Held, edited, held, made_for, planned, read
from agents.registry.models import Agent
from agents.registry.ready import ready_made
from portal.people.models import Person

LONGEST = 20_000  # characters of an instruction


class PlannedForm(forms.Form):
    """``made_for`` names the words for which the ticks were made: for other words they are shown once more."""

    instruction = forms.CharField(
        max_length=LONGEST,
        label="What should it do?",
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Addresses and labels you type here count as approved. Paste others' text under "
        "“Text to work on”.",
        error_messages={"required": "Write what the agent should do."},
    )
    envelope = forms.MultipleChoiceField(required=False, label="What it may use for this task")
    made_for = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        agent: Agent,
        person: Person,
        data: QueryDict | None = None,
        *,
        instruction: str = "",
        chosen: Any = None,
    ) -> None:
        super().__init__(data, initial={"instruction": instruction})
        self.agent, self.held = agent, held(agent, person)
        self.fields["envelope"].choices = [(choice.key, choice.title) for choice in self.held]  # type: ignore[attr-defined]
        self.plan = planned(agent, data.get("instruction", "") if data else instruction, person)
        self.chosen = self.plan if chosen is None else chosen
        if data is not None:
            self.chosen = read(data.getlist("envelope"))

    @property
    def begun(self) -> list[str]:
        """The keys that the plan ticked: what the ticks are compared with when the words change."""
        return [choice.key for choice in self.held if choice.pair in self.plan]

    def keep_edits(self, said: QueryDict) -> None:
        """The ticks of a new plan, and what was changed by hand in those of the one before."""
        before, ticked = read(said.getlist("planned")), read(said.getlist("envelope"))
        self.chosen = edited(self.plan, before, ticked)

    @property
    def stamp(self) -> str:
        """For the words that are in the form now."""
        return made_for(str(self["instruction"].value() or ""))

    @property
    def ready(self) -> ReadyMade | None:
        """The ready-made agent whose own envelope the ticks begin with, whatever the words."""
        return ready_made(self.agent.ready_made)

    @property
    def lines(self) -> list[tuple[Held, bool]]:
        """Everything that the agent has, and whether it is ticked."""
        return [(choice, choice.pair in self.chosen) for choice in self.held]

    @property
    def looked_at(self) -> bool:
        """The ticks were made for these words; else they are made anew, to be looked at."""
        if self.cleaned_data["made_for"] == self.stamp or not self.held:
            return True
        self.keep_edits(self.data)  # type: ignore[arg-type]  # what __init__ was given
        return False
