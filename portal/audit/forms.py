"""The trail's filters."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from portal.audit.sentences import all_events
from portal.days import DayField, start_of
from portal.people import zones

# Days for which the next one, in any zone, is still a day that a calendar knows.
DAYS = [MinValueValidator(date(1970, 1, 2)), MaxValueValidator(date(2999, 12, 31))]


def _day(label: str) -> DayField:
    return DayField(label=label, required=False, validators=DAYS)


class FilterForm(forms.Form):
    words = forms.CharField(
        label="Search",
        required=False,
        widget=forms.SearchInput(attrs={"placeholder": "Name or words from the details"}),
    )
    who = forms.CharField(label="Done by", required=False, max_length=120)
    event = forms.ChoiceField(label="Event", required=False)
    since = _day("From")
    until = _day("To")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        events = [(event, f"{words} ({event})") for event, words in all_events()]
        for name in ("since", "until"):  # a filter shows no help
            self.fields[name].label = f"{self.fields[name].label} ({zones.current()})"
        self.fields["event"].choices = [("", "Anything"), *events]  # type: ignore[attr-defined]

    def clean_since(self) -> datetime | None:
        day = self.cleaned_data["since"]
        return start_of(day) if day else None

    def clean_until(self) -> datetime | None:
        """The end of the day, in the reader's zone."""
        day = self.cleaned_data["until"]
        return start_of(day + timedelta(days=1)) if day else None
