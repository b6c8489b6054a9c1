"""The form of an opening: for whom, and until when."""

from typing import Any

from django import forms

from agents.openings.actions import LONGEST
from agents.readers import ReaderField
from portal.days import EndField, end_of


class OpeningForm(forms.Form):
    reader = ReaderField(label="Whose tasks may use it")
    until = EndField("it", help_text=f"At most {LONGEST.days} days from today. You can end it at any time.")

    def values(self) -> dict[str, Any]:
        return {"reader": self.cleaned_data["reader"], "ends_at": end_of(self.cleaned_data["until"])}
