"""Forms of agents, in the units that people use."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms

from agents.at_once import at_once_field
from agents.connectors.plugins import ReadyMade
from agents.permissions import LEVELS, AgentPermission, Level
from agents.readers import ReaderField
from agents.registry.actions import DECIDES_WHAT_IT_DOES
from agents.registry.models import Agent
from agents.registry.ready import every
from agents.runtime import providers
from metering.budgets.forms import amount
from portal.editing import EditForm
from portal.naming import NameInput
from portal.people.models import Person
from portal.teams.models import Team

# The field of each limit: the column, and how many of the column's units one of the field's is.
LIMITS = {
    "steps": ("max_steps", 1),
    "tokens": ("max_tokens", 1),
    "cost": ("max_cost_micros", 1_000_000),
    "minutes": ("max_seconds", 60),
    "asks": ("max_asks", 1),
}


def models_to_choose(current: str = "") -> list[tuple[str, str]]:
    """The models there are, and the one the agent has now, should it be gone."""
    found = providers.choices()
    if current and current not in dict(found):
        return [(current, f"{current} (not available here any more)"), *found]
    return found


def limits_of(agent: Agent) -> dict[str, Any]:
    """In the units of the form."""
    found = {name: getattr(agent, column) // unit for name, (column, unit) in LIMITS.items()}
    cost = Decimal(agent.max_cost_micros) / LIMITS["cost"][1]
    return found | {"minutes": max(found["minutes"], 1), "cost": cost.quantize(Decimal("0.01"))}


USUAL = limits_of(Agent())


def _limit(label: str, least: int, most: int, usual: int) -> forms.IntegerField:
    said = f"Write a whole number from {least:,} to {most:,}."
    wrong = dict.fromkeys(("required", "invalid", "min_value", "max_value"), said)
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, initial=usual, error_messages=wrong
    )


class AgentForm(EditForm):
    """An agent, its model and its limits. ``values`` gives them in the units of the table."""

    name = NameInput(
        max_length=80, help_text="A name that people recognise. No other agent of its team may have it."
    )
    purpose = forms.CharField(max_length=300, help_text="In one line: what is it for?")
    model = forms.ChoiceField(help_text="The AI model it uses. You can change it later.")
    instructions = forms.CharField(
        max_length=20_000,
        required=False,
        widget=forms.Textarea,
        help_text="In your words: how to do its job, what to leave alone. It reads this before each "
        "task. This gives it no access. Ask for that afterwards.",
    )
    steps = _limit("Steps", 1, 10_000, USUAL["steps"])
    tokens = _limit("Tokens", 1_000, 1_000_000_000, USUAL["tokens"])
    cost = amount("Cost in {}", max_value=10_000, initial=int(USUAL["cost"]))
    minutes = _limit("Minutes", 1, 7 * 24 * 60, USUAL["minutes"])
    asks = _limit("Asks to people", 1, 200, USUAL["asks"])
    most_at_once = at_once_field(
        "Tasks at once", "Of queued ones too. Empty: as many as there are. More wait until one has ended."
    )

    def __init__(self, *args: Any, current_model: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["model"].choices = models_to_choose(current_model)  # type: ignore[attr-defined]

    def limits_wrong(self) -> bool:
        return any(name in self.errors for name in [*LIMITS, "most_at_once"])

    def values(self) -> dict[str, Any]:
        limits = {column: int(self.cleaned_data[name] * unit) for name, (column, unit) in LIMITS.items()}
        return {name: value for name, value in self.cleaned_data.items() if name not in LIMITS} | limits


class RegisterForm(AgentForm):
    team = forms.ModelChoiceField(
        Team.objects.none(), empty_label="Choose a team", help_text="Its people will see the agent."
    )

    ready_made = forms.ChoiceField(
        choices=lambda: [("", ""), *((ready.key, ready.name) for ready in every())],
        required=False,
        widget=forms.HiddenInput,
    )

    def __init__(self, *args: Any, person: Person, ready: ReadyMade | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if ready is not None:
            words = {"name": ready.name, "purpose": ready.purpose, "instructions": ready.instructions}
            self.initial = {**words, "ready_made": ready.key, **self.initial}
        teams = Team.objects.of(person)
        team: forms.ModelChoiceField[Team] = self.fields["team"]  # type: ignore[assignment]
        team.queryset = teams
        if len(teams) == 1:
            team.initial, team.empty_label = teams[0], None


def edit_form(agent: Agent, data: Any = None) -> AgentForm:
    now = {name: getattr(agent, name) for name in DECIDES_WHAT_IT_DOES}
    now |= limits_of(agent) | {"most_at_once": agent.most_at_once}
    return AgentForm(data, initial=now, current_model=agent.model)


class FilterForm(forms.Form):
    """What the list of agents shows. Every value is optional; one that cannot be read shows everything."""

    q = forms.CharField(
        label="Search", required=False, widget=forms.SearchInput(attrs={"placeholder": "Name or purpose"})
    )
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[
            ("", "Not retired"),
            ("live", "Live"),
            ("shadow", "Trial run"),
            ("paused", "Stopped"),
            ("retired", "Retired"),
            ("any", "All"),
        ],
    )
    team = forms.ModelChoiceField(Team.objects.all(), label="Team", required=False, empty_label="All teams")
    mine = forms.BooleanField(label="Only mine", required=False)


def level_words(level: Level) -> str:
    """``Viewer``, then what that level may, in a line of its own (what the choice's card shows)."""
    before = list(Level)[: list(Level).index(level)]
    known = {permission for lower in before for permission in LEVELS[lower]}
    new = [AgentPermission(permission).label for permission in LEVELS[level] if permission not in known]
    text = "; ".join([new[0], *(_lower_first(text) for text in new[1:])])
    return f"{level.label}\n{f'Also: {_lower_first(text)}' if before else text}."


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


class ShareForm(EditForm):
    """``levels``: who has the agent already, and as what; sharing with them once more changes that."""

    reader = ReaderField(label="With whom")
    level = forms.TypedChoiceField(
        label="As",
        coerce=Level,
        choices=[(level.value, level_words(level)) for level in Level],
        widget=forms.RadioSelect,
        initial=Level.VIEWER.value,
    )

    def __init__(self, *args: Any, levels: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.levels = levels

    def shown(self) -> Mapping[str, str]:
        return self.levels


class HandOverForm(EditForm):
    now = forms.CharField(label="Owner", required=False, widget=forms.HiddenInput)  # only compared
    owner = forms.ModelChoiceField(
        Person.objects.none(), label="New owner", empty_label="Choose somebody of the team"
    )

    def __init__(self, *args: Any, agent: Agent, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"now": str(agent.owner)}, **kwargs})
        owner: forms.ModelChoiceField[Person] = self.fields["owner"]  # type: ignore[assignment]
        owner.queryset = Person.objects.active().in_team(agent.team_id).exclude(pk=agent.owner_id)


class RecordFilter(forms.Form):
    """What the record of shadow mode lists; a value that cannot be read filters nothing."""

    capability = forms.ChoiceField(label="What", required=False)
    outcome = forms.ChoiceField(
        label="People did",
        required=False,
        choices=[
            ("", "Anything"),
            ("same", "The same"),
            ("different", "Something different"),
            ("open", "Nothing yet"),
        ],
    )

    def __init__(self, *args: Any, counts: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: forms.ChoiceField = self.fields["capability"]  # type: ignore[assignment]
        chosen.choices = [("", "Everything"), *((count.capability, count.title) for count in counts)]
