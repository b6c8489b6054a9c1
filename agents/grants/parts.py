"""The part of a form that is about one capability: wanted or not, and within which limits."""

from collections.abc import Mapping
from typing import Any

from django import forms

from agents.grants.actions import Terms
from agents.grants.limits import from_text, narrower, readable, sentence, to_text
from agents.grants.models import Grant
from agents.grants.words import meaning, upper_first
from agents.policy.facts import Argument, Capability, Effect, Role, Type
from portal.words import plural

MOST_USES = 1_000_000


class CapabilityForm(forms.Form):
    """One capability: wanted or not, limits, uses, asks. With ``asked`` it can only narrow that."""

    wanted = forms.BooleanField(required=False)
    uses = forms.IntegerField(
        required=False,
        widget=forms.NumberInput(attrs={"min": 1}),
        label="How many times",
        help_text="Empty: any number.",
        error_messages={"invalid": "Write a whole number, or leave it empty for any number."},
    )
    always_ask = forms.BooleanField(
        required=False, label="Ask a person each time", help_text="The agent waits until somebody answers."
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        capability: Capability,
        *,
        asked: Grant | None = None,
        held: Grant | None = None,
    ) -> None:
        super().__init__(data, prefix=capability.name.replace(".", "-"), initial=_initial(asked))
        self.capability, self.asked, self.held = capability, asked, held
        self.limited = [one for one in capability.arguments if one.limitable]
        for argument in self.limited:
            self.fields[f"limit_{argument.name}"] = _limit_field(argument, asked)
        self.means = meaning(capability, limited=bool(asked and asked.limits))
        self.fields["wanted"].label = upper_first(capability.title)
        self.fields["wanted"].help_text = f"At worst, {self.means.worst}"
        if capability.effect in {Effect.IRREVERSIBLE, Effect.DESTRUCTIVE} or (asked and asked.always_ask):
            # It asks whatever is ticked here, so there is nothing to choose.
            del self.fields["always_ask"]

    @property
    def asked_for(self) -> str:
        """What was asked for, in words; the form itself shows what will be granted."""
        if self.asked is None:
            return ""
        limits = sentence(self.capability, self.asked.limits) or "no limits"
        times = "any number of times" if self.asked.max_uses is None else plural(self.asked.max_uses, "time")
        return f"{limits}, {times}{', asking each time' if self.asked.always_ask else ''}"

    @property
    def limit_fields(self) -> list[forms.BoundField]:
        return [self[f"limit_{argument.name}"] for argument in self.limited]

    @property
    def chosen(self) -> bool:
        """Ticked, as far as the form shows it now."""
        return bool(self["wanted"].value())

    @property
    def opened(self) -> bool:
        """Show the limits at once: something stands there, or something is wrong there."""
        return bool(self.errors) or any(self[name].value() for name in self.fields if name != "wanted")

    def clean(self) -> dict[str, Any]:
        for argument in self.limited:
            name = f"limit_{argument.name}"
            if name in self.cleaned_data:
                self._clean_limit(argument, name)
        if "uses" in self.cleaned_data:
            self._clean_uses(self.cleaned_data["uses"])
        return self.cleaned_data

    def _clean_uses(self, uses: int | None) -> None:
        if uses is not None and not 1 <= uses <= MOST_USES:
            self.add_error("uses", f"1 to {MOST_USES:,}, or leave it empty for any number.")
        elif self.asked and self.asked.max_uses and (uses is None or uses > self.asked.max_uses):
            self.add_error("uses", f"At most the {self.asked.max_uses} that were asked for.")

    def _clean_limit(self, argument: Argument, name: str) -> None:
        try:
            limit = from_text(self.cleaned_data[name], argument.type)
        except ValueError as error:
            return self.add_error(name, str(error))
        if limit and (problem := readable(self.capability, {argument.name: limit})):
            return self.add_error(name, problem)
        asked = self.asked.limits.get(argument.name) if self.asked else None
        if asked and not narrower({argument.name: limit} if limit else {}, {argument.name: asked}):
            return self.add_error(name, f"Wider than what was asked for: {to_text(asked)}.")
        self.cleaned_data[name] = limit
        return None

    def terms(self) -> Terms:
        limits = {
            one.name: limit for one in self.limited if (limit := self.cleaned_data[f"limit_{one.name}"])
        }
        return Terms(limits, self.cleaned_data["uses"], self.cleaned_data.get("always_ask", False))


def _initial(asked: Grant | None) -> dict[str, Any]:
    if asked is None:
        return {}
    limits = {f"limit_{name}": to_text(limit) for name, limit in asked.limits.items()}
    return {"wanted": True, "uses": asked.max_uses, "always_ask": asked.always_ask, **limits}


HELP = {
    Role.DEST: "Empty: anywhere. Put commas between several; * stands for any text, as in *@example.com.",
    Role.OBJECT: "Empty: any. Put commas between several; * stands for any text, as in News*.",
    Role.VALUE: "Empty: any. Put commas between several.",
}


def _limit_field(argument: Argument, asked: Grant | None) -> forms.Field:
    label = f"{argument.title}: only"
    if argument.type is Type.FLAG:
        choices = [("", "Either"), ("yes", "Only yes"), ("no", "Only no")]
        return forms.ChoiceField(choices=choices, required=False, label=label)
    help_text = HELP[argument.role]
    if argument.type is Type.INTEGER:
        help_text = "Empty: any number. 5, or a range such as 1-10, or -10 for at most 10."
    if asked and asked.limits.get(argument.name):
        help_text = f"Asked for: {to_text(asked.limits[argument.name])}. You can make it narrower."
    return forms.CharField(required=False, max_length=2_000, label=label, help_text=help_text)
