"""The form that sets a ready-made agent up: all of it is filled in."""

from collections.abc import Sequence
from typing import Any

from django import forms

from agents.connections.models import Connection
from agents.connectors.plugins import ReadyMade
from agents.gallery.needs import Need
from agents.registry.models import Agent
from agents.runtime import providers
from portal.naming import NameInput
from portal.people.models import Person
from portal.teams.models import Team


class SetUpForm(forms.Form):
    name = NameInput(max_length=80)
    team = forms.ModelChoiceField(
        Team.objects.none(), empty_label=None, help_text="Its people will see the agent."
    )
    model = forms.ChoiceField(help_text="The AI model it uses. You can change it later.")

    def __init__(self, data: Any, *, person: Person, ready: ReadyMade, needs: Sequence[Need]) -> None:
        super().__init__(data)
        self.needs = needs
        teams = Team.objects.of(person)
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]
        self.fields["team"].initial = first = teams.first()
        self.fields["name"].initial = _free_name(ready.name, first)
        self.fields["model"].choices = providers.choices()  # type: ignore[attr-defined]
        for need in needs:
            if need.places:
                self.fields[need.kind] = _place(need)

    def places(self) -> list[tuple[Need, Connection]]:
        chosen = ((need, self.cleaned_data.get(need.kind)) for need in self.needs)
        return [(need, place) for need, place in chosen if place is not None]

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("name", "team", "model")} | {
            "places": self.places()
        }


def _place(need: Need) -> forms.Field:
    among = Connection.objects.filter(pk__in=[place.pk for place in need.places])
    return forms.ModelChoiceField(
        among,
        label=need.connector.title,
        required=need.must,
        initial=need.places[0],
        empty_label=None if need.must else "Without",
        help_text=f"To {', '.join(one.title for one in need.capabilities)}.",
    )


def _free_name(name: str, team: Team | None) -> str:
    """With a number, where an agent of the team has it already."""
    taken = set(Agent.objects.filter(team=team, name__startswith=name).values_list("name", flat=True))
    tries = [name, *(f"{name} {number}" for number in range(2, 100))]
    return next((one for one in tries if one not in taken), name)
