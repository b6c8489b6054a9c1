"""Forms of the evening: what of tonight's pack is cleared, how often and until when; at which hours the pages come."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict

from agents.clearances.models import MOST
from agents.nights import actions
from agents.nights.models import EVENINGS, MORNINGS, NightHours
from agents.nights.pack import Item, Section
from agents.nights.times import LATEST, Night
from portal.people.models import Person
from portal.words import plural

AFTER = timedelta(hours=2)  # the last run has so long, usually


class PackForm(forms.Form):
    """``clear`` holds the keys of what is ticked; with ``which=safe`` all that is safe is meant."""

    until = forms.TypedChoiceField(label="Until", coerce=int)
    which = forms.ChoiceField(required=False, choices=[("", "ticked"), ("safe", "safe")])

    def __init__(
        self, night: Night, sections: Sequence[Section], now: datetime, data: QueryDict | None = None
    ) -> None:
        hours = [hour for hour in range(1, LATEST + 1) if night.until(hour) > now]
        super().__init__(data, initial={"until": _usual(night, sections)})
        self.night, self.sections = night, sections
        self.ticked = frozenset(data.getlist("clear") if data is not None else ())
        self.fields["until"].choices = [(hour, f"{hour:02}:00") for hour in hours]  # type: ignore[attr-defined]

    @property
    def items(self) -> list[Item]:
        return [item for section in self.sections for item in section.items if item.clearable]

    @property
    def safe(self) -> list[Item]:
        return [item for item in self.items if item.safe]

    @property
    def second(self) -> str:
        """What is chosen as the second person, in words; call after ``is_valid``."""
        return "; ".join(item.sentence for item, _ in self.chosen if item.second)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        data = self.data
        found = (
            self.safe
            if given.get("which") == "safe"
            else [one for one in self.items if one.key in self.ticked]
        )
        if not found:
            raise ValidationError("Tick what may happen tonight. What you leave open asks when it comes.")
        self.chosen: list[tuple[Item, int]] = []
        for item in found:
            number = str(data.get(f"most-{item.key}", item.most))
            if not number.isdecimal() or not 1 <= int(number) <= MOST:
                raise ValidationError(f"Choose how often, from 1 to {MOST}.")
            self.chosen.append((item, int(number)))
        return given

    @transaction.atomic
    def clear(self, person: Person) -> str:
        """All that is chosen, or nothing; what was done, in words. Raises ValidationError."""
        until = self.night.until(self.cleaned_data["until"])
        for item, number in self.chosen:
            actions.clear(
                person, item.schedule, grant=item.grant, arguments=item.arguments, most=number, until=until
            )
        hour = until.astimezone(ZoneInfo(self.night.zone))
        return f"{plural(len(self.chosen), 'ask')} cleared until {hour:%H:%M}."


def _usual(night: Night, sections: Sequence[Section]) -> int:
    """The morning's hour, or two hours after the last run of the night where that is later."""
    zone = ZoneInfo(night.zone)
    ends = ((moment + AFTER).astimezone(zone) for section in sections for moment in section.due[-1:])
    hours = [end.hour for end in ends if end.date() == night.day]
    return min(LATEST, max([night.morning.astimezone(zone).hour, *hours]))


class HoursForm(forms.Form):
    evening = forms.TypedChoiceField(
        label="Tonight's pack",
        coerce=int,
        choices=[(hour, f"{hour:02}:00") for hour in EVENINGS],
        help_text="From this hour on your start page shows what your agents will probably ask at night.",
    )
    morning = forms.TypedChoiceField(
        label="The morning's digest",
        coerce=int,
        choices=[(hour, f"{hour:02}:00") for hour in MORNINGS],
        help_text="From this hour on your start page shows what they did.",
    )

    def __init__(self, hours: NightHours, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"evening": hours.evening, "morning": hours.morning})
