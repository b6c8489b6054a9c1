"""Forms of stops: what to stop, and why. Everybody whom it holds up reads the reason."""

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
    """Stops an agent or a task. A reason is optional, so that stopping is quick."""

    why = forms.CharField(
        label="Why", max_length=200, required=False, help_text="The people whom it stops read this."
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
