"""Controls are drawn by hand as Django's templates write them, but for line breaks after a tag."""

import re
from pathlib import Path

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe

from portal.drawing import DRAWN, Renderer

BAD = '<b>"it\'s" & more'
CHOICES = [
    ("", "None"),
    (BAD, BAD),
    ("1", mark_safe("<i>one</i>")),
    ("Group <&>", [("2", "Two"), (3, "Three")]),
]
ATTRS = (
    {},
    {"class": BAD, "required": True, "disabled": False, "maxlength": 1_000, "data-x": mark_safe("&amp;")},
)
VALUES = (None, "", "0", 0, 1_234_567, 2.5, BAD, mark_safe("<u>"), True, False, ["2", BAD], "\nfirst")
FITTING = {
    forms.MultipleHiddenInput: (None, [], ["2", BAD, 3]),
    forms.NullBooleanSelect: (None, True, False, "2"),
}
WIDGETS = [
    *(forms.TextInput, forms.NumberInput, forms.EmailInput, forms.URLInput, forms.PasswordInput),
    *(forms.HiddenInput, forms.SearchInput, forms.DateInput, forms.DateTimeInput, forms.TimeInput),
    *(forms.CheckboxInput, forms.FileInput, forms.Textarea, forms.MultipleHiddenInput),
    *(forms.Select, forms.SelectMultiple, forms.NullBooleanSelect, forms.RadioSelect),
    forms.CheckboxSelectMultiple,
]  # fmt: skip


@pytest.mark.parametrize("kind", WIDGETS)
def test_every_control_is_what_django_draws(kind):
    for attrs in ATTRS:
        for value in FITTING.get(kind, VALUES):
            widget = kind(attrs=attrs)
            if hasattr(widget, "choices") and kind is not forms.NullBooleanSelect:
                widget.choices = CHOICES
            for more in (None, {"id": "id_x", "aria-describedby": BAD}):
                by_hand, by_django = (
                    widget.render("a<b", value, more, renderer=one()) for one in (Renderer, DjangoTemplates)
                )
                assert dense(by_hand) == dense(by_django), (attrs, value)
            for drawn, told in zip(
                parts(widget, value, Renderer), parts(widget, value, DjangoTemplates), strict=True
            ):
                assert dense(drawn) == dense(told)


def dense(html: str) -> str:
    """Without line breaks after a tag; a textarea's belong to it."""
    return html if html.startswith("<textarea") else re.sub(r">\s+", ">", html)


def parts(widget, value, renderer) -> list[str]:
    """Radios and boxes one by one, as a page places them."""
    if not isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return []
    named = widget.id_for_label("id_x")
    options = widget.subwidgets("a<b", value, {"id": "id_x"})
    return [named, *(renderer().render(one["template_name"], {"widget": one}) for one in options)]


def test_what_is_drawn_by_hand_is_a_template_of_django():
    folder = Path(forms.__file__).parent / "templates"
    assert [name for name in DRAWN if not (folder / name).exists()] == []
