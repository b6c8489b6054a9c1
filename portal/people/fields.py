"""A form field in which a person is named: typed as an e-mail or a name, with suggestions while typing."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.people.models import Person


class PersonInput(forms.TextInput):
    """A text field with suggestions that follow what is typed. Without JavaScript a plain field."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        suggestions = f"{(attrs or {}).get('id', name)}_people"
        live = {
            "list": suggestions,
            "autocomplete": "off",
            "hx-get": reverse("people:suggestions"),
            "hx-trigger": "input changed delay:250ms",
            "hx-target": f"#{suggestions}",
        }
        box = super().render(name, value, {**(attrs or {}), **live}, renderer)
        return format_html('{}<datalist id="{}"></datalist>', box, suggestions)


class PersonField(forms.CharField):
    """Cleans to an active Person, or None when empty and not required."""

    widget = PersonInput

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            value = Person.objects.filter(pk=value).first()
        return value.email if isinstance(value, Person) else value

    def clean(self, value: Any) -> Person | None:
        typed = super().clean(value)
        if not typed:
            return None
        people = Person.objects.active()
        found: list[Person] = list(
            people.filter(email__iexact=typed)[:1] or people.filter(display_name__iexact=typed)[:2]
        )
        if len(found) == 1:
            return found[0]
        if found:
            raise ValidationError(f"Several people are called {typed}. Type the e-mail.")
        raise ValidationError(f"Nobody here is called “{typed}”. Type an e-mail or a full name.")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)
