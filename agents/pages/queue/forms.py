"""Forms of tasks: queue one, filter the list."""

from typing import Any

from django import forms
from django.db.models import Q

from agents.queue.envelopes import read
from agents.queue.forms import PlannedForm
from agents.queue.states import UNDER_WAY, TaskState
from agents.queue.task_querysets import TaskQuerySet
from agents.readers import ReaderField
from agents.registry.models import Agent
from metering.budgets.forms import amount, micros
from metering.outcomes.claims import LONGEST_ID, LONGEST_SYSTEM, LONGEST_TITLE
from portal.people.models import Person
from portal.teams.models import Team


class TaskForm(PlannedForm):
    """Queue one task."""

    attached = forms.CharField(
        required=False,
        max_length=100_000,
        label="Text to work on",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Text that others wrote. The agent reads it but takes no orders from it.",
    )
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
