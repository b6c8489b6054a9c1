"""The form of what is sent: a box for each kind and channel, quiet hours, and an hour for all of a day."""

from collections.abc import Iterator
from datetime import time
from itertools import groupby
from typing import Any

from django import forms
from django.forms import BoundField

from portal.editing import EditForm
from portal.notices import channels, kinds
from portal.notices.channels import Channel
from portal.notices.kinds import Kind
from portal.notices.models import Choice, Hours, Notice
from portal.people.models import Person

HALF_HOURS = [f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 30)]
HOURS = ("quiet_from", "quiet_until", "digest_at")
Rows = list[tuple[Kind, list[tuple[str, BoundField]]]]


def _hour(label: str, none: str, help_text: str = "") -> forms.ChoiceField:
    choices = [("", none), *((text, text) for text in HALF_HOURS)]
    return forms.ChoiceField(choices=choices, required=False, label=label, help_text=help_text)


class ChoicesForm(EditForm):
    quiet_from = _hour("Quiet from", "No quiet hours")
    quiet_until = _hour("Quiet until", "No quiet hours")
    digest_at = _hour("Everything of a day at", "Send each by itself")

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        row = Hours.objects.filter(person=person).first()
        kwargs["initial"] = {name: _text(getattr(row, name, None)) for name in HOURS}
        super().__init__(*args, **kwargs)
        for name in HOURS:
            field = self.fields[name]
            if (found := kwargs["initial"][name]) and found not in HALF_HOURS:
                field.choices = [*field.choices, (found, found)]  # type: ignore[attr-defined]
        self.fields[
            "quiet_until"
        ].help_text = f"By your clock ({person.time_zone}). It comes together afterwards."
        self.fields["digest_at"].help_text = "Instead of quiet hours. What is urgent is always sent at once."
        self.ways: list[Channel] = [way for way in channels.ready() if way.may(person)]
        self.kinds = list(_concerning(person)) if self.ways else []
        chosen = {
            (kind, channel): on
            for kind, channel, on in Choice.objects.filter(person=person).values_list("kind", "channel", "on")
        }
        for kind in self.kinds:
            for way in self.ways:
                on = chosen.get((kind.name, way.name), kind.outside)
                label = f"{kind.title}: {way.title}"
                self.fields[_name(kind, way)] = forms.BooleanField(required=False, initial=on, label=label)

    def groups(self) -> Iterator[tuple[str, Rows]]:
        """Each group's title with its kinds, and the boxes of each by the channel's title."""
        for group, of_group in groupby(self.kinds, lambda kind: kind.group):
            yield (
                group,
                [(kind, [(way.title, self[_name(kind, way)]) for way in self.ways]) for kind in of_group],
            )

    def wanted(self) -> dict[tuple[str, str], bool]:
        return {
            (kind.name, way.name): bool(self.cleaned_data[_name(kind, way)])
            for kind in self.kinds
            for way in self.ways
        }

    def hours(self) -> dict[str, time | None]:
        return {
            name: time.fromisoformat(text) if (text := self.cleaned_data[name]) else None for name in HOURS
        }


def _concerning(person: Person) -> Iterator[Kind]:
    """What can be about this person, or was. What nobody can switch off is left out."""
    told = set(Notice.objects.filter(person=person).order_by().values_list("kind", flat=True).distinct())
    asked: dict[object, bool] = {None: True}
    for kind in kinds.known():
        if kind.concerns is not None and kind.concerns not in asked:
            asked[kind.concerns] = kind.concerns(person)
        if kind.link is None and (asked[kind.concerns] or kind.name in told):
            yield kind


def _name(kind: Kind, way: Channel) -> str:
    return f"{kind.name}-{way.name}"


def _text(at: time | None) -> str:
    return f"{at:%H:%M}" if at else ""
