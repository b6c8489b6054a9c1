"""The form of an opening: for whom, and until when."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from agents.openings.actions import LONGEST
from agents.readers import ReaderField
from portal.days import DayField, end_of

USUAL_DAYS = 7


class OpeningForm(forms.Form):
    reader = ReaderField(label="Whose tasks may use it")
    until = DayField(
        ends=True,
        label="Until the end of",
        help_text=f"At most {LONGEST.days} days from today. You can end it at any time.",
        error_messages={
            "required": "Choose the day on which it ends.",
            "invalid": "Write a date, like 2026-11-30.",
        },
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"until": timezone.localdate() + timedelta(days=USUAL_DAYS)})

    def values(self) -> dict[str, Any]:
        until: date = self.cleaned_data["until"]
        return {"reader": self.cleaned_data["reader"], "ends_at": end_of(until)}
