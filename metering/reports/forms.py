"""Forms of the reports: ask for a permit, decide on one, choose what to see."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from metering.reports.actions import LONGEST
from metering.reports.models import Permit
from metering.reports.viewers import teams_in_line
from metering.rollups.periods import Period
from portal.people.models import Person
from portal.teams.models import Team

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PermitForm(forms.Form):
    team = forms.ModelChoiceField(
        queryset=Team.objects.none(),
        empty_label="Choose a team",
        help_text="Teams that you lead, and teams of people who report to you.",
    )
    purpose = forms.CharField(
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What you need the figure for. Everybody in the team reads this sentence.",
    )
    until = forms.DateField(widget=DAY, help_text=f"At most {LONGEST.days} days from now.")

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = teams_in_line(person)  # type: ignore[attr-defined]
        today = timezone.localdate()
        self.fields["until"].initial = today + timedelta(days=30)
        limits = {"min": today.isoformat(), "max": (today + LONGEST).isoformat()}
        self.fields["until"].widget.attrs.update(limits)

    def ends_at(self) -> datetime:
        """The end of the chosen day where the reader is."""
        day: date = self.cleaned_data["until"]
        return datetime.combine(day + timedelta(days=1), time(), timezone.get_current_timezone())


class AnswerForm(forms.Form):
    """Two buttons of one name, no first."""

    answer = forms.ChoiceField(choices=[("no", "Do not permit it"), ("yes", "Permit it")])


class PermitFilter(forms.Form):
    state = forms.ChoiceField(choices=[("", "All"), *Permit.State.choices], required=False)


class MonthForm(forms.Form):
    """One of the months that are shown; the latest where the wish is none of them."""

    month = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, months: list[Period], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.months = {f"{month.first:%Y-%m}": month for month in months}
        choices = [(key, str(month)) for key, month in self.months.items()]
        self.fields["month"].choices = choices  # type: ignore[attr-defined]

    def chosen(self) -> Period:
        return self.months.get(self.data.get("month", "")) or next(iter(self.months.values()))
