"""Forms of My data: correction, objection, a reviewer's answer, the typed confirmation of an erasure."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings

from metering.rights import spans
from portal.days import DayField
from portal.people.models import Person

NOTHING: Mapping[str, str] = {}
ANY = [("", "Any")]


class CorrectionForm(forms.Form):
    first_day = DayField(utc=True, label="From")
    last_day = DayField(utc=True, label="To", help_text="The last day is included.")
    agent = forms.ChoiceField(label="Agent", required=False)
    model = forms.ChoiceField(label="Model", required=False)
    why = forms.CharField(
        label="What happened",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The reviewer reads this sentence, the days, the agent and the model. They see no numbers.",
    )

    def __init__(
        self, *args: Any, person: Person, wanted: Mapping[str, str] = NOTHING, **kwargs: Any
    ) -> None:
        """``wanted``: what the page that led here is about (``first``, ``last``, ``agent``); only a suggestion."""
        super().__init__(*args, **kwargs)
        self.names = {str(pk): name for pk, name in spans.agents(person)}
        self.fields["agent"].choices = [*ANY, *self.names.items()]  # type: ignore[attr-defined]
        self.fields["model"].choices = [*ANY, *((model, model) for model in spans.models(person))]  # type: ignore[attr-defined]
        today = datetime.now(UTC).date()
        first = today - timedelta(days=settings.RETENTION["events"])
        for name in ("first_day", "last_day"):
            self.fields[name].widget.attrs |= {"min": first.isoformat(), "max": today.isoformat()}
            self.fields[name].initial = max(_day(wanted.get(name.partition("_")[0], ""), today), first)
        self.fields["agent"].initial = wanted.get("agent", "")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and first > last:
            self.add_error("last_day", "The last day is before the first.")
        return data

    def asked(self) -> dict[str, Any]:
        """As the verb takes it."""
        data = self.cleaned_data
        provider, _, model = data["model"].partition(":")
        return {
            "first_day": data["first_day"],
            "last_day": data["last_day"],
            "agent_id": int(data["agent"]) if data["agent"] else None,
            "agent_name": self.names.get(data["agent"], ""),
            "provider": provider,
            "model": model,
            "why": data["why"],
        }


class ObjectionForm(forms.Form):
    why = forms.CharField(
        label="Why do you object?",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The reviewer reads it. They are neither the viewer nor in the report.",
    )


class AnswerForm(forms.Form):
    """Two buttons of one name, no first; a no needs its reason."""

    answer = forms.ChoiceField(choices=[("no", "No"), ("yes", "Yes")])
    note = forms.CharField(
        label="What the person should know",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Required if you decline.",
    )


class ErasureForm(forms.Form):
    typed = forms.CharField(
        label="Type their e-mail to confirm",
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


def _day(text: str, otherwise: date) -> date:
    try:
        return min(date.fromisoformat(text), otherwise)
    except ValueError:
        return otherwise
