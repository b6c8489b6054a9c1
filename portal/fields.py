"""A form's field taken apart for ``_field.html``: which kind of control it is, and what describes it."""

from typing import Any

from django.forms import BoundField, widgets

KINDS: list[tuple[type[widgets.Widget], str]] = [
    (widgets.CheckboxSelectMultiple, "choices"),
    (widgets.RadioSelect, "choices"),
    (widgets.CheckboxInput, "checkbox"),
]


def field(bound: BoundField, label: str = "") -> dict[str, Any]:
    """The context of ``_field.html``: ``kind`` is control, checkbox or choices (radios or boxes)."""
    widget = bound.field.widget
    kind = next((name for of, name in KINDS if isinstance(widget, of)), "control")
    name = bound.id_for_label or bound.auto_id or bound.html_name
    described = [f"{name}_help"] if bound.help_text else []
    if bound.errors:
        described.append(f"{name}_error")
    attrs: dict[str, Any] = {}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    context = {"bound": bound, "kind": kind, "label": label or bound.label, "name": name}
    if kind == "choices":
        return context | {"options": [_option(choice) for choice in bound], "described": " ".join(described)}
    return context | {"widget": bound.as_widget(attrs=attrs)}


def _option(choice: Any) -> dict[str, Any]:
    """One radio or box. A label's first line is its name, further lines say what choosing it means."""
    title, _, text = str(choice.choice_label).partition("\n")
    return {"control": choice.tag(), "id": choice.id_for_label, "title": title, "text": text}
