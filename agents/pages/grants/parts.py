"""The part of a form about one capability: wanted or not, and within which limits."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst

from agents.grants import terms
from agents.grants.limits import Limit, from_text, narrower, readable, sentence, to_text
from agents.grants.models import Grant
from agents.grants.terms import Hours, Terms, fewer_hours
from agents.grants.words import meaning
from agents.policy.declarations import Argument, Capability, Effect, Role, Type
from agents.policy.limits import ANY_WORDS
from portal.people import zones

HOURS_WRONG = "Choose two different hours, or leave both at any time."
ADDRESSES = {"address", "email", "reader"}  # kinds of identifiers that are e-mail addresses, or can be

HELP = {
    Role.DEST: "Leave empty for anywhere. Separate with commas; News* matches News and Newsletter.",
    Role.OBJECT: "Leave empty for any. Separate with commas; News* matches News and Newsletter.",
    Role.VALUE: "Leave empty for any. Separate with commas.",
}
ADDRESS_HELP = (
    "Leave empty for anywhere. Separate with commas. @example.com allows that domain, @*.example.com "
    "its subdomains."
)
NUMBER_HELP = {
    Type.INTEGER: "5, a range such as 1-10, or -10 for at most 10. Leave empty for any number.",
    Type.NUMBER: "2.50, a range such as 0-99.90, or -10 for at most 10. Leave empty for any number.",
}
MOST_USES = 1_000_000
SECOND = {
    "": "Ask a second person each time",
    "always": "Ask a second person each time",
    "outside": "Ask a second person where it leaves the company",
}
SECOND_HELP = "Not the task's own person, but somebody else who may approve on this connection."


def limit_field(argument: Argument, before: Limit | None, word: str) -> forms.Field:
    """``before``: the widest that may be entered, and ``word``: where that comes from."""
    if argument.counted:
        help_text = f"{word}: {before['max']}. You can allow less." if before else argument.description
        return forms.IntegerField(
            required=False, min_value=1, label=f"{argument.title}, at most", help_text=help_text
        )
    label = f"Limit “{argument.title}” to"
    if argument.type is Type.FLAG:
        choices = [("", "Either"), ("yes", "Only yes"), ("no", "Only no")]
        return forms.ChoiceField(choices=choices, required=False, label=label)
    help_text = NUMBER_HELP.get(
        argument.type, argument.description if argument.bound else HELP[argument.role]
    )
    if argument.role is Role.DEST and argument.kind in ADDRESSES:
        help_text = ADDRESS_HELP
    if before:
        help_text = f"{word}: {to_text(before)}. You can allow less."
    return forms.CharField(required=False, max_length=2_000, label=label, help_text=help_text)


def hour_field(label: str, hours: Iterable[int]) -> forms.TypedChoiceField:
    """An hour of each day, or any time."""
    choices = [("", "any time"), *[(hour, f"{hour}:00") for hour in hours]]
    return forms.TypedChoiceField(choices=choices, coerce=int, empty_value=None, required=False, label=label)


class CapabilityForm(forms.Form):
    """One capability: wanted or not, limits, uses, asks. With ``asked`` it can only narrow that.

    ``renews``: ``asked`` is a grant that its owner asks for once more. ``zone``: of the hours, else the reader's.
    """

    wanted = forms.BooleanField(required=False)
    uses = forms.IntegerField(
        required=False,
        widget=forms.NumberInput(attrs={"min": 1}),
        label="How many times",
        help_text="Leave empty for any number.",
        error_messages={"invalid": "Write a whole number, or leave it empty for any number."},
    )
    from_hour = hour_field("Not before", range(24))
    until_hour = hour_field("Not after", range(1, 25))
    words = forms.BooleanField(
        required=False,
        label="May write its own text",
        help_text="Otherwise it asks before writing anything you did not.",
    )
    always_ask = forms.BooleanField(
        required=False, label="Ask a person each time", help_text="The agent waits until somebody answers."
    )
    second_person = forms.BooleanField(required=False)

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        capability: Capability,
        *,
        asked: Grant | None = None,
        held: Grant | None = None,
        renews: bool = False,
        zone: str = "",
    ) -> None:
        super().__init__(data, prefix=capability.name.replace(".", "-"), initial=_initial(capability, asked))
        self.capability, self.asked, self.held, self.renews = capability, asked, held, renews
        # Hours that were asked for keep their zone: those of another would be other hours.
        kept = asked is not None and asked.hours is not None
        self.zone = asked.hours_zone if asked and kept else zone or zones.current()
        for name in ("from_hour", "until_hour"):
            self.fields[name].help_text = f"Of each day, {'the chosen zone’s' if zone else self.zone} time."
        self.limited = [argument for argument in capability.arguments if argument.limitable]
        for argument in self.limited:
            before = asked.limits.get(argument.name) if asked else None
            self.fields[f"limit_{argument.name}"] = limit_field(argument, before, self.before)
        self.means = meaning(capability, limited=bool(asked and asked.limits))
        self.fields["wanted"].label = capfirst(capability.title)
        self.fields["wanted"].help_text = f"At worst, {self.means.worst}"
        self._choices()

    @property
    def before(self) -> str:
        return "Until now" if self.renews else "Asked for"

    @property
    def _was(self) -> str:
        return "granted" if self.renews else "asked for"

    def _choices(self) -> None:
        """Take away what there is nothing to choose about: it is so, whatever would be ticked."""
        asked, effect = self.asked, self.capability.effect
        worded = [argument.name for argument in self.capability.arguments if argument.worded]
        if asked:
            worded = [name for name in worded if asked.limits.get(name) == ANY_WORDS]
        if not worded or effect is Effect.READ:
            del self.fields["words"]
        if effect is Effect.DESTRUCTIVE or (asked and asked.always_ask):
            del self.fields["always_ask"]
        declared = self.capability.second_person
        field = self.fields["second_person"]
        field.label, field.help_text = SECOND[declared], SECOND_HELP
        if declared == "outside":
            field.help_text = f"{terms.company()} {SECOND_HELP}"
        if declared and (asked is None or self.renews):
            field.disabled = True  # the person who decides can switch it off
        elif not declared and (effect is Effect.READ or (asked and asked.second_person)):
            del self.fields["second_person"]
        self.worded = worded

    @property
    def asked_for(self) -> str:
        """What was asked for, in words; the form itself shows what will be granted."""
        if self.asked is None:
            return ""
        said = [sentence(self.capability, self.asked.limits) or "no limits"]
        if self.asked.max_uses is None:
            said.append("any number of times")
        return ", ".join(said + terms.in_words(self.capability, self.asked.terms))

    @property
    def second(self) -> str:
        """What a requester cannot switch off, said where it is seen without opening anything."""
        return SECOND[self.capability.second_person] if self.capability.second_person else ""

    @property
    def limit_fields(self) -> list[forms.BoundField]:
        return [self[f"limit_{argument.name}"] for argument in self.limited]

    @property
    def choice_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("words", "always_ask", "second_person") if name in self.fields]

    @property
    def chosen(self) -> bool:
        """Ticked, as far as the form shows it now."""
        return bool(self["wanted"].value())

    @property
    def opened(self) -> bool:
        """Show the limits at once: something was typed there, or is wrong. What was asked for is said in words."""
        if self.asked and not self.is_bound:
            return False
        free = [name for name, field in self.fields.items() if name != "wanted" and not field.disabled]
        return bool(self.errors) or any(self[name].value() for name in free)

    def clean(self) -> dict[str, Any]:
        for argument in self.limited:
            name = f"limit_{argument.name}"
            if name in self.cleaned_data:
                self._clean_limit(argument, name)
        if "uses" in self.cleaned_data:
            self._clean_uses(self.cleaned_data["uses"])
        self._clean_hours()
        return self.cleaned_data

    def _clean_uses(self, uses: int | None) -> None:
        if uses is not None and not 1 <= uses <= MOST_USES:
            self.add_error("uses", f"1 to {MOST_USES:,}, or leave it empty for any number.")
        elif self.asked and self.asked.max_uses and (uses is None or uses > self.asked.max_uses):
            self.add_error("uses", f"At most the {self.asked.max_uses} that were {self._was}.")

    def _clean_hours(self) -> None:
        start, end = self.cleaned_data.get("from_hour"), self.cleaned_data.get("until_hour")
        if (start is None) != (end is None) or (start is not None and start == end):
            self.add_error("until_hour", HOURS_WRONG)
        elif self.asked and not fewer_hours(Terms(hours=self._hours(), zone=self.zone), self.asked.terms):
            self.add_error("until_hour", ValidationError("These are more hours than before."))

    def _hours(self) -> Hours | None:
        start, end = self.cleaned_data.get("from_hour"), self.cleaned_data.get("until_hour")
        return None if start is None or end is None else (start, end)

    def _clean_limit(self, argument: Argument, name: str) -> None:
        typed = self.cleaned_data[name]
        try:
            limit = _bound(typed) if argument.counted else from_text(typed, argument.type)
        except ValueError as error:
            return self.add_error(name, str(error))
        if limit and (problem := readable(self.capability, {argument.name: limit})):
            return self.add_error(name, problem)
        asked = self.asked.limits.get(argument.name) if self.asked else None
        if asked and not narrower({argument.name: limit} if limit else {}, {argument.name: asked}):
            was = asked["max"] if argument.counted else to_text(asked)
            return self.add_error(name, f"Wider than what was {self._was}: {was}.")
        self.cleaned_data[name] = limit
        return None

    def terms(self) -> Terms:
        said = self.cleaned_data
        limits = {
            argument.name: limit for argument in self.limited if (limit := said[f"limit_{argument.name}"])
        }
        if said.get("words"):
            limits |= {name: dict(ANY_WORDS) for name in self.worded}
        # Where there was nothing to choose it stays as it was.
        asks = said.get("always_ask", bool(self.asked and self.asked.always_ask))
        second = said.get("second_person", self.asked.second_person if self.asked else None)
        return Terms(limits, said["uses"], asks, second, self._hours(), self.zone)


def _bound(most: int | None) -> dict[str, Any]:
    return {} if most is None else {"max": most}


def _initial(capability: Capability, asked: Grant | None) -> dict[str, Any]:
    if asked is None:
        return {"second_person": bool(capability.second_person)}
    bounds = {argument.name for argument in capability.arguments if argument.counted}
    limits = {
        f"limit_{name}": limit.get("max") if name in bounds else to_text(limit)
        for name, limit in asked.limits.items()
    }
    return {
        "wanted": True,
        "uses": asked.max_uses,
        "always_ask": asked.always_ask,
        "words": ANY_WORDS in asked.limits.values(),
        "second_person": asked.second_person,
        "from_hour": asked.from_hour,
        "until_hour": asked.until_hour,
        **limits,
    }
