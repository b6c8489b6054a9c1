"""The trail's filters."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone

from portal.audit.sentences import all_events

# Days for which the next one, in any zone, is still a day that a calendar knows.
DAYS = [MinValueValidator(date(1970, 1, 2)), MaxValueValidator(date(2999, 12, 31))]


def _day(label: str) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget, validators=DAYS)


class FilterForm(forms.Form):
    words = forms.CharField(
        label="Search",
        required=False,
        widget=forms.SearchInput(attrs={"placeholder": "A name, or words of the details"}),
    )
    who = forms.CharField(label="Who did it", required=False, max_length=120)
    event = forms.ChoiceField(label="What was done", required=False)
    since = _day("From")
    until = _day("To")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        events = [
            (event, f"{label.replace(' {target}', '').replace('{target}', '')} ({event})")
            for event, label in all_events()
        ]
        self.fields["event"].choices = [("", "Anything"), *events]  # type: ignore[attr-defined]

    def clean_since(self) -> datetime | None:
        day = self.cleaned_data["since"]
        return timezone.make_aware(datetime.combine(day, time.min)) if day else None

    def clean_until(self) -> datetime | None:
        """The end of the day, in the reader's zone."""
        day = self.cleaned_data["until"]
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min)) if day else None
