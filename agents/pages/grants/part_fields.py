"""Fields of a capability's form: a limit for each argument, an hour of the day."""

from collections.abc import Iterable

from django import forms

from agents.grants.limits import Limit, to_text
from agents.policy.declarations import Argument, Role, Type

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


def limit_field(argument: Argument, before: Limit | None, word: str) -> forms.Field:
    """``before``: the widest that may be entered, and ``word``: where that comes from."""
    label = f"Limit “{argument.title}” to"
    if argument.type is Type.FLAG:
        choices = [("", "Either"), ("yes", "Only yes"), ("no", "Only no")]
        return forms.ChoiceField(choices=choices, required=False, label=label)
    help_text = NUMBER_HELP.get(argument.type, HELP[argument.role])
    if argument.role is Role.DEST and argument.kind in ADDRESSES:
        help_text = ADDRESS_HELP
    if before:
        help_text = f"{word}: {to_text(before)}. You can allow less."
    return forms.CharField(required=False, max_length=2_000, label=label, help_text=help_text)


def hour_field(label: str, hours: Iterable[int]) -> forms.TypedChoiceField:
    """An hour of each day, or any time."""
    choices = [("", "any time"), *[(hour, f"{hour}:00") for hour in hours]]
    return forms.TypedChoiceField(choices=choices, coerce=int, empty_value=None, required=False, label=label)
