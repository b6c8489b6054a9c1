"""An edit form knows what the row held when it was drawn: nobody saves over another's change without being told.

The view saves inside of :func:`unchanged`, which checks under the row's lock, in the transaction that writes.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.forms import BoundField
from django.http import QueryDict

from portal.audit.models import Entry
from portal.submissions.marks import VERSION

SALT = "portal.drawn_from"
BESIDE = "beside "  # before the label of what is shown, where a field has its name
SHOWN = 80  # characters of a value; longer ones are cut
AGAIN = "Your own entries are still here. The other fields show the new values. Check them, then save again."

Value = str | list[str]


class EditForm(forms.Form):
    """``beside``: further forms that are saved with this one."""

    beside: Sequence[forms.BaseForm] = ()
    _version = ""

    @property
    def hidden_marks(self) -> list[tuple[str, str]]:
        """For ``{% marks form %}``. A form that is shown again keeps what it was drawn from."""
        posted = str(self.data.get(VERSION, "")) if self.is_bound else ""
        return [(VERSION, self._version or posted or self._signed())]

    def bounds(self) -> dict[str, BoundField]:
        """The fields by the names they are sent under; what no page shows is left out."""
        return {
            bound.html_name: bound
            for form in (self, *self.beside)
            for bound in form
            if not isinstance(bound.field.widget, forms.PasswordInput | forms.FileInput)
        }

    def shown(self) -> Mapping[str, str]:
        """What the page says beside the fields, by its label, and what is decided on with them."""
        return {}

    def meanwhile(self, now: "EditForm") -> list[str]:
        """A line for each field or shown fact that changed since. What the reader left alone is updated."""
        before, lines = self._before()[1], []
        mine = self.bounds()
        for name, bound in now.bounds().items():
            value = _stored(bound)
            if name not in before or name not in mine or before[name][0] == _digest(value):
                continue
            typed = _typed(mine[name])
            if typed == value:
                continue
            if _digest(typed) == before[name][0]:
                _take_over(mine[name], value)
            lines.append(f"{bound.label}: {before[name][1]} → {_words(bound, value)}")
        lines += _beside(before, now.shown())
        if lines:
            self._version = now._signed()
        return lines

    def drawn_at(self) -> datetime:
        return datetime.fromtimestamp(self._before()[0], UTC)

    def _before(self) -> tuple[float, dict[str, list[str]]]:
        """When it was drawn, and each field's digest and words then; nothing where no page of ours sent it."""
        try:
            at, fields = signing.loads(str(self.data.get(VERSION, "")), salt=SALT)
        except signing.BadSignature:
            return time.time(), {}
        return at, fields

    def _signed(self) -> str:
        values = {name: (bound, _stored(bound)) for name, bound in self.bounds().items()}
        fields = {name: [_digest(value), _words(bound, value)] for name, (bound, value) in values.items()}
        fields |= {BESIDE + label: [_digest(words), _quoted(words)] for label, words in self.shown().items()}
        return signing.dumps([time.time(), fields], salt=SALT, compress=True)


@contextmanager
def unchanged(
    form: EditForm,
    row: models.Model | None,
    draw: Callable[[], EditForm],
    *,
    first: Callable[[], object] | None = None,
) -> Iterator[None]:
    """Within: nobody else edits ``row``, and it is as ``form`` was drawn from it, or ValidationError.

    ``draw`` makes the form of the row as it is now. ``first`` takes a lock that comes before the row's.
    """
    with transaction.atomic():
        if first is not None:
            first()
        if row is None:  # there was nothing yet to draw it from
            yield
            return
        row._meta.base_manager.select_for_update(no_key=True).filter(pk=row.pk).first()
        row.refresh_from_db()
        if lines := form.meanwhile(draw()):
            by = Entry.objects.about(row).filter(at__gte=form.drawn_at()).last()
            who = by.actor_name if by else "Somebody"
            raise ValidationError([f"{who} changed this while you had it open.", *lines, AGAIN])
        yield


def _beside(before: Mapping[str, list[str]], now: Mapping[str, str]) -> list[str]:
    """A line for each thing that is shown otherwise now, is new or is gone; none where nothing says what was shown."""
    was = {name.removeprefix(BESIDE): held for name, held in before.items() if name.startswith(BESIDE)}
    nothing = [_digest(""), "nothing"]
    lines = []
    for name in {**was, **now} if before else ():
        (digest, words), new = was.get(name, nothing), now.get(name, "")
        if digest != _digest(new):
            lines.append(f"{name}: {words} → {_quoted(new) if name in now else nothing[1]}")
    return lines


def _stored(bound: BoundField) -> Value:
    """As a browser would send it, had nobody touched the form."""
    value = bound.field.prepare_value(bound.form.get_initial_for_field(bound.field, bound.name))
    if isinstance(bound.field.widget, forms.CheckboxInput):
        return _plain(bool(value))
    multiple = getattr(bound.field.widget, "allow_multiple_selected", False)
    shown: Any = bound.field.widget.format_value(value)
    return _plain(shown if multiple or not isinstance(shown, list) else "".join(shown))


def _typed(bound: BoundField) -> Value:
    return _plain(bound.data)


def _plain(value: Any) -> Value:
    if isinstance(value, list | tuple):
        return sorted(str(item) for item in value)
    if value is None or value is False:
        return ""
    return "on" if value is True else str(value).replace("\r\n", "\n").strip()


def _digest(value: Value) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:24]


def _words(bound: BoundField, value: Value) -> str:
    """A choice by its name, a text in quotes."""
    titles = {str(key): str(title).partition("\n")[0] for key, title in getattr(bound.field, "choices", [])}
    words = ", ".join(titles.get(item, item) for item in ([value] if isinstance(value, str) else value))
    if isinstance(bound.field.widget, forms.CheckboxInput):
        return "yes" if words else "no"
    return _quoted(words)


def _quoted(words: str) -> str:
    return f"“{words[: SHOWN - 1]}…”" if len(words) > SHOWN else f"“{words}”" if words else "empty"


def _take_over(bound: BoundField, value: Value) -> None:
    data: QueryDict = bound.form.data.copy()  # type: ignore[attr-defined]  # what a request posted
    if isinstance(value, list):
        data.setlist(bound.html_name, value)
    elif value or not isinstance(bound.field.widget, forms.CheckboxInput):
        data[bound.html_name] = value
    else:
        data.pop(bound.html_name, None)
    bound.form.data = data
