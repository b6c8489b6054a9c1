"""How forms' controls become HTML: as Django's own templates write them, without a template for each line of a list."""

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

Widget = Mapping[str, Any]


class Renderer(DjangoTemplates):
    """Django's, but for what a page may hold hundreds of: a list of time zones alone is six hundred lines."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> SafeString:
        drawn = DRAWN.get(template_name)
        if drawn is None:
            return mark_safe(super().render(template_name, context, request))  # noqa: S308  (Django's own)
        return mark_safe(drawn(context["widget"]))  # noqa: S308  (every value in it is escaped)


def _text(value: Any) -> str:
    """A safe text stays what it is, as in a template."""
    return str(conditional_escape(value if isinstance(value, SafeString) else str(value)))


def _attrs(widget: Widget) -> str:
    parts = []
    for name, value in widget["attrs"].items():
        if value is True:
            parts.append(f" {_text(name)}")
        elif value is not False:
            parts.append(f' {_text(name)}="{_text(value)}"')
    return "".join(parts)


def _input(widget: Widget) -> str:
    value = widget["value"]
    said = "" if value is None else f' value="{_text(value)}"'
    return f'<input type="{_text(widget["type"])}" name="{_text(widget["name"])}"{said}{_attrs(widget)}>'


def _textarea(widget: Widget) -> str:
    text = _text(widget["value"]) if widget["value"] else ""
    return f'<textarea name="{_text(widget["name"])}"{_attrs(widget)}>\n{text}</textarea>'


def _select(widget: Widget) -> str:
    lines = [f'<select name="{_text(widget["name"])}"{_attrs(widget)}>']
    for group, options, _ in widget["optgroups"]:
        lines += [f'  <optgroup label="{_text(group)}">'] if group else []
        lines += [f"  {_option(option)}" for option in options]
        lines += ["  </optgroup>"] if group else []
    return "\n".join([*lines, "</select>"])


def _option(option: Widget) -> str:
    return f'<option value="{_text(option["value"])}"{_attrs(option)}>{_text(option["label"])}</option>'


def _input_option(widget: Widget) -> str:
    if not widget["wrap_label"]:
        return _input(widget)
    named = widget["attrs"].get("id")
    of = f' for="{_text(named)}"' if named else ""
    return f"<label{of}>{_input(widget)} {_text(widget['label'])}</label>"


INPUTS = [
    *("text", "number", "email", "url", "password", "hidden", "search", "tel", "color"),
    *("date", "datetime", "time", "checkbox", "file"),
]
DRAWN: dict[str, Callable[[Widget], str]] = {
    **{f"django/forms/widgets/{kind}.html": _input for kind in ("input", *INPUTS)},
    **{f"django/forms/widgets/{kind}.html": _input_option for kind in ("radio_option", "checkbox_option")},
    "django/forms/widgets/textarea.html": _textarea,
    "django/forms/widgets/select.html": _select,
    "django/forms/widgets/select_option.html": _option,
}
