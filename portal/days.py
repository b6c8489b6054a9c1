"""Days that people type: whose days they are, said beside the field, and the moments they begin and end."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from portal.people import zones


def end_of(day: date) -> datetime:
    """The last second of a day where the reader is."""
    return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))


def start_of(day: date) -> datetime:
    """The first moment of a day where the reader is, also where a clock that is changed leaves midnight out."""
    return timezone.make_aware(datetime.combine(day, time()))


def in_words(day: date) -> str:
    """``30 November 2026``"""
    return f"{day.day} {day:%B %Y}"


class DayField(forms.DateField):
    """The one field for days: where the reader is, or ``utc`` (the ledger's); ``ends``: the day's end is meant."""

    def __init__(self, *, utc: bool = False, ends: bool = False, **more: Any) -> None:
        self.utc, self.ends = utc, ends
        more.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**more)

    @property
    def help_text(self) -> str:
        return f"{self._help} {self.whose}".strip()

    @help_text.setter
    def help_text(self, text: str) -> None:
        self._help = str(text or "")

    @property
    def whose(self) -> str:
        if self.utc:
            return "Days are counted in UTC."
        zone = zones.current()
        return f"The day ends at midnight, {zone} time." if self.ends else f"Days in {zone} time."

    def prepare_value(self, value: Any) -> Any:
        return timezone.localdate(value) if isinstance(value, datetime) else super().prepare_value(value)


class EndField(DayField):
    """Until the end of which day something holds, a week by default; ``what`` ends then."""

    def __init__(self, what: str, **more: Any) -> None:
        more.setdefault("initial", lambda: timezone.localdate() + timedelta(days=7))
        wrong = {
            "required": f"Choose the day on which {what} ends.",
            "invalid": "Write a date, like 2026-11-30.",
        }
        super().__init__(ends=True, label="Until the end of", error_messages=wrong, **more)


def days_from(first: date, days: int) -> dict[str, str]:
    """A day field's earliest and latest day, as its control takes them."""
    return {"min": first.isoformat(), "max": (first + timedelta(days=days)).isoformat()}
