"""Forms of asks: the answer, and the standing limit proposed beside it."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from agents.approvals import standing_limit
from agents.approvals.models import Approval
from portal.days import EndField, end_of

# Each answer as a choice, and what came of it.
ANSWERS = {
    "no": ("No", "Not allowed."),
    "yes": ("Yes", "Allowed once."),
    "task": ("Yes, and calls like it", "Allowed, and calls like it in this task."),
}


# What a text names, in a word for the person who may tick it.
NAMED = {"link": "link", "address": "address", "path": "path", "amount": "amount"}


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(choices=[(answer, label) for answer, (label, _) in ANSWERS.items()])
    note = forms.CharField(
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Kept with your answer. If you say no, the agent reads it.",
    )
    ticked = forms.MultipleChoiceField(
        required=False, error_messages={"invalid_choice": "You can tick only what the ask shows."}
    )

    def __init__(self, data: Any = None, approval: Approval | None = None) -> None:
        super().__init__(data)
        offered = approval.offered if approval else []
        self.fields["ticked"].choices = [(text, NAMED.get(kind, "")) for kind, text in offered]  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        """As ``actions.answer`` takes it; call after ``is_valid``."""
        answer = self.cleaned_data["answer"]
        scope = Approval.Scope.TASK if answer == "task" else Approval.Scope.ONCE
        said = {"yes": answer != "no", "note": self.cleaned_data["note"], "scope": scope}
        return said | ({"ticked": self.cleaned_data["ticked"]} if answer != "no" else {})

    @property
    def done(self) -> str:
        """What came of the answer, for the person who gave it."""
        return ANSWERS[self.cleaned_data["answer"]][1]


# What a person can say about an unclear call, and what came of it.
UNCLEAR_ANSWERS = {
    "happened": ("It happened", "Noted: it happened."),
    "do": ("It did not happen. Do it", "The agent goes on and does it, if nothing speaks against it then."),
    "not": ("It did not happen. Leave it", "Noted: it did not happen. It is not done."),
}


class UnclearForm(forms.Form):
    answer = forms.ChoiceField(
        choices=[(answer, label) for answer, (label, _) in UNCLEAR_ANSWERS.items()],
        error_messages={"required": "Choose an answer.", "invalid_choice": "Choose one of the answers."},
    )


class ProposalForm(forms.Form):
    """Until when, and whether names and texts may be the agent's own."""

    until = EndField("the grant")
    words = forms.BooleanField(
        label="May write its own text",
        required=False,
        help_text="Otherwise it asks before writing anything you did not.",
    )
    why = forms.CharField(
        label="Why", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, data: Any, approval: Approval) -> None:
        call = approval.call
        declared = call.grant.declared if call.grant else None
        self.days = declared.max_days if declared else 0
        usual = timezone.localdate() + timedelta(days=min(standing_limit.USUAL_DAYS, self.days))
        super().__init__(data, initial={"until": usual, "why": standing_limit.why(call)[:500]})
        self.fields["until"].help_text = f"At most {self.days} days from today."
        if not standing_limit.worded(call):
            del self.fields["words"]

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if not timezone.localdate() <= until <= timezone.localdate() + timedelta(days=self.days):
            raise ValidationError(f"Choose a day from today on, within {self.days} days.")
        return until

    def given(self) -> dict[str, Any]:
        """As ``actions.propose`` takes it; call after ``is_valid``."""
        said = self.cleaned_data
        return {"ends_at": end_of(said["until"]), "words": said.get("words", False), "why": said["why"]}
