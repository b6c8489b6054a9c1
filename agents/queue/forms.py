"""Forms of tasks: queue one, filter the list."""

from django import forms
from django.db.models import Q

from agents.queue.models import TaskQuerySet
from agents.queue.states import UNDER_WAY, TaskState
from agents.registry.models import Agent
from portal.people.models import Person


class TaskForm(forms.Form):
    instruction = forms.CharField(
        max_length=20_000,
        label="What should it do?",
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="In your words. What you name here, an address or a label, counts as yours.",
        error_messages={"required": "Write what the agent should do."},
    )


STATES = {
    "under-way": ("Under way", UNDER_WAY),
    "waiting": ("Waits for an answer", {TaskState.WAITING}),
    "done": ("Done", {TaskState.SUCCEEDED}),
    "not-finished": ("Not finished", {TaskState.FAILED, TaskState.EXPIRED}),
    "stopped": ("Stopped", {TaskState.CANCELLED}),
}


class TaskFilter(forms.Form):
    """``agent`` comes with a link from an agent's page: there may be too many for a list."""

    words = forms.CharField(required=False, label="Words", widget=forms.SearchInput)
    state = forms.ChoiceField(
        required=False, choices=[("", "Any"), *((key, word) for key, (word, _) in STATES.items())]
    )
    whose = forms.ChoiceField(required=False, choices=[("", "All I may see"), ("mine", "Mine")])
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
