"""Forms of permits: ask for one, decide on one, filter them."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from metering.permits.actions import LONGEST
from metering.permits.models import Permit
from metering.permits.viewers import people_in_line, teams_in_line
from portal.days import DayField, days_from, end_of
from portal.people.models import Person
from portal.teams.models import Team


class PermitForm(forms.Form):
    """About one team, or about one person."""

    team = forms.ModelChoiceField(
        queryset=Team.objects.none(),
        required=False,
        empty_label="No team",
        help_text="Teams that you lead, and teams of people who report to you. You see the team's total only.",
    )
    person = forms.ModelChoiceField(
        queryset=Person.objects.none(),
        required=False,
        empty_label="Nobody",
        label="Or one person",
        help_text="Only if a team figure cannot answer your question. You see cost and verified items per four weeks.",
    )
    purpose = forms.CharField(
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Why you need the figure. The people in the report read this sentence.",
    )
    until = DayField(ends=True, help_text=f"At most {LONGEST.days} days from now.")

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = teams_in_line(person)  # type: ignore[attr-defined]
        self.fields["person"].queryset = people_in_line(person)  # type: ignore[attr-defined]
        today = timezone.localdate()
        self.fields["until"].initial = today + timedelta(days=30)
        self.fields["until"].widget.attrs.update(days_from(today, LONGEST.days))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and (data.get("team") is None) == (data.get("person") is None):
            self.add_error("team", "Choose a team or one person, not both.")
        return data

    def about(self) -> Team | Person:
        found: Team | Person = self.cleaned_data["team"] or self.cleaned_data["person"]
        return found

    def ends_at(self) -> datetime:
        """The end of the chosen day where the reader is."""
        return end_of(self.cleaned_data["until"])


class AnswerForm(forms.Form):
    """Two buttons of one name, no first."""

    answer = forms.ChoiceField(choices=[("no", "Decline"), ("yes", "Permit it")])


# The words of the tags beside the permits.
WORDS = {"requested": "Waiting", "granted": "Approved", "revoked": "Ended"}
STATES = [("", "All"), *((value, WORDS.get(value, label)) for value, label in Permit.State.choices)]


class PermitFilter(forms.Form):
    state = forms.ChoiceField(choices=STATES, required=False)
