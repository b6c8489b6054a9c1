"""How many at once: tasks of an agent, calls on a connection. The form field, and the most that can be set."""

from django import forms

MOST_AT_ONCE = 1_000


def at_once_field(label: str, help_text: str) -> forms.IntegerField:
    """Empty: no limit."""
    said = f"Write a whole number from 1 to {MOST_AT_ONCE:,}, or nothing."
    wrong = dict.fromkeys(("invalid", "min_value", "max_value"), said)
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=1,
        max_value=MOST_AT_ONCE,
        help_text=help_text,
        error_messages=wrong,
    )
