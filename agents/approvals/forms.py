"""The answer to an ask."""

from typing import Any

from django import forms


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(choices=[("no", "No"), ("yes", "Yes")])
    note = forms.CharField(
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Kept with your answer. With a no, the agent is told it.",
    )

    def given(self) -> dict[str, Any]:
        """As ``actions.answer`` takes it; call after ``is_valid``."""
        return {"yes": self.cleaned_data["answer"] == "yes", "note": self.cleaned_data["note"]}
