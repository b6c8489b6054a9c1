"""Forms of tasks: queue one, filter the list."""

from typing import Any

from django import forms
from django.db.models import Q
from django.http import QueryDict

from agents.connectors.plugins import ReadyMade
from agents.queue.envelopes import Held, edited, held, made_for, planned, read
from agents.queue.models import TaskQuerySet
from agents.queue.states import UNDER_WAY, TaskState
from agents.readers import ReaderField
from agents.registry.models import Agent
from agents.registry.ready import ready_made
from metering.budgets.forms import amount, micros
from metering.outcomes.claims import LONGEST_ID, LONGEST_SYSTEM, LONGEST_TITLE
from portal.people.models import Person
from portal.teams.models import Team

LONGEST = 20_000  # characters of an instruction


class TaskForm(forms.Form):
    """``made_for`` names the words for which the ticks were made: for other words they are shown once more."""

    instruction = forms.CharField(
        max_length=LONGEST,
        label="What should it do?",
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Addresses and labels you type here count as approved. Paste others' text under "
        "“Text to work on”.",
        error_messages={"required": "Write what the agent should do."},
    )
    attached = forms.CharField(
        required=False,
        max_length=100_000,
        label="Text to work on",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Text that others wrote. The agent reads it but takes no orders from it.",
    )
    envelope = forms.MultipleChoiceField(required=False, label="What it may use for this task")
    made_for = forms.CharField(required=False, widget=forms.HiddenInput)
    attended = forms.ChoiceField(
        required=False,
        label="If it needs something else",
        choices=[("", "Refuse it and go on"), ("ask", "Ask me")],
    )

    at_most = amount(
        "At most, in {}",
        required=False,
        help_text="The task stops before it would cost more. Leave empty for the agent's limit.",
    )

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

    def given(self) -> dict[str, Any]:
        """As ``actions.queue`` takes it."""
        said = self.cleaned_data
        return {
            "instruction": said["instruction"],
            "attached": said["attached"],
            "attended": said["attended"] == "ask",
            "envelope": read(said["envelope"]),
            "at_most": None if said["at_most"] is None else micros(said["at_most"]),
        }


STATES = {
    "under-way": ("Under way", UNDER_WAY),
    "waiting": ("Waits for an answer", {TaskState.WAITING}),
    "done": ("Done", {TaskState.SUCCEEDED}),
    "not-finished": ("Not finished", {TaskState.FAILED, TaskState.EXPIRED}),
    "stopped": ("Stopped", {TaskState.CANCELLED}),
}


class ItemForm(forms.Form):
    """A work item in another system, named by hand. A link is shown as text only."""

    system = forms.CharField(
        max_length=LONGEST_SYSTEM, help_text="The name your colleagues use, like Tickets or Wiki."
    )
    external_id = forms.CharField(
        max_length=LONGEST_ID,
        label="Its id or address there",
        help_text="Like TICKET-12, or a page's address.",
    )
    title = forms.CharField(
        max_length=LONGEST_TITLE,
        required=False,
        help_text="A few words that tell a colleague what it is. They read this, so write nothing confidential.",
    )


class ThumbForm(forms.Form):
    """Two buttons of one name."""

    thumb = forms.ChoiceField(choices=[("up", "Well"), ("down", "Not well")])


class TaskFilter(forms.Form):
    """``agent`` comes with a link from an agent's page: there may be too many for a list."""

    words = forms.CharField(required=False, label="Search", widget=forms.SearchInput)
    state = forms.ChoiceField(
        required=False, choices=[("", "Any"), *((key, word) for key, (word, _) in STATES.items())]
    )
    whose = forms.ChoiceField(required=False, choices=[("", "Mine and shared with me"), ("mine", "Mine")])
    agent = forms.ModelChoiceField(Agent.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(self, person: Person, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.person = person
        self.fields["agent"].queryset = Agent.objects.visible_to(person)  # type: ignore[attr-defined]

    def among(self, tasks: TaskQuerySet) -> TaskQuerySet:
        """The tasks that fit; a value that cannot be read filters nothing."""
        wanted = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        if state := wanted.get("state"):
            tasks = tasks.filter(state__in=STATES[state][1])
        if wanted.get("whose"):
            tasks = tasks.filter(person=self.person)
        if agent := wanted.get("agent"):
            tasks = tasks.filter(agent=agent)
        if words := wanted.get("words"):
            # An instruction shows to its own person only, so only there is it searched.
            own = Q(person=self.person, instruction__icontains=words)
            tasks = tasks.filter(
                own | Q(agent__name__icontains=words) | Q(person__display_name__icontains=words)
            )
        return tasks


class TaskShareForm(forms.Form):
    """One colleague by e-mail or name, or everybody who manages the agent (``reader`` is then None)."""

    reader = ReaderField(label="Who may look")
    managers = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if self.is_bound and self.data.get("managers"):
            self.fields["reader"] = forms.CharField(required=False, empty_value=None)
        self.fields["reader"].help_text = "A person's e-mail or name."

    def clean_reader(self) -> Person | None:
        reader = self.cleaned_data["reader"]
        if isinstance(reader, Team):
            raise forms.ValidationError("A task is shared with one person at a time. Write their e-mail.")
        return reader if isinstance(reader, Person) else None
