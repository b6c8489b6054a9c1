"""Forms of the stops: what is stopped, and why, which everybody who is held up by it reads."""

from typing import Any

from django import forms

from agents.connectors import catalogue


class WhyForm(forms.Form):
    why = forms.CharField(
        label="Why",
        max_length=200,
        help_text="Everybody whose agent is stopped reads this.",
    )


class StopForm(forms.Form):
    """An agent, a task: nobody has to say why before it is stopped."""

    why = forms.CharField(
        label="Why", max_length=200, required=False, help_text="The people who wait for it read this."
    )


class CapabilityForm(WhyForm):
    capability = forms.ChoiceField(label="Capability")
    field_order = ["capability", "why"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = [
            (capability.name, f"{capability.name} ({capability.title})")
            for capability in catalogue().values()
        ]
        self.fields["capability"].choices = [("", "Choose one"), *every]  # type: ignore[attr-defined]
