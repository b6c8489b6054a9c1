"""Forms of notes: add one, edit one, filter them."""

from collections.abc import Mapping
from typing import Any

from django import forms

from agents.connectors.memory.capabilities import LONGEST
from agents.connectors.memory.models import MemoryNote, NoteQuerySet
from portal.editing import EditForm

WHOSE = [
    ("", "Anybody’s"),
    ("person", "My own words"),
    ("agent", "Noted by the agent"),
    ("others", "From others’ text"),
]

OWN = "In your later tasks, addresses, links and amounts in it count as if you had typed them there."


def _text(label: str) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 2, "maxlength": LONGEST})
    return forms.CharField(label=label, max_length=LONGEST, widget=widget)


class AddForm(forms.Form):
    """``connection``: which of the agent's memories; not asked where it has one."""

    text = _text("What should it remember?")
    connection: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(queryset=None, empty_label=None)

    def __init__(self, data: Mapping[str, Any] | None, places: Any) -> None:
        super().__init__(data)
        self.fields["connection"].queryset = places  # type: ignore[attr-defined]
        self.fields["text"].help_text = OWN
        first = list(places[:2])
        self.places = len(first)
        if self.places == 1:
            self.fields["connection"].widget = forms.HiddenInput()
            self.initial["connection"] = first[0].pk


class NoteForm(EditForm):
    text = _text("Note")
    own = forms.BooleanField(
        required=False,
        label="These are my words",
        help_text=OWN,
    )

    def __init__(self, data: Mapping[str, Any] | None, note: MemoryNote) -> None:
        super().__init__(data, initial={"text": note.text, "own": note.own_at is not None})


class NoteFilter(forms.Form):
    words = forms.CharField(required=False, label="Search", widget=forms.SearchInput)
    whose = forms.ChoiceField(required=False, choices=WHOSE, label="Whose words")

    def apply(self, rows: NoteQuerySet) -> NoteQuerySet:
        self.is_valid()
        whose = self.cleaned_data.get("whose")
        if whose == "person":
            rows = rows.filter(own_at__isnull=False)
        elif whose:
            rows = rows.filter(own_at__isnull=True, from_others=whose == "others")
        return rows.about(self.cleaned_data.get("words", ""))

    @property
    def filtered(self) -> bool:
        return any(self.cleaned_data.values())
