"""Tags and filters of the design system, known to every template without loading."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField, widgets
from django.forms.forms import BaseForm
from django.middleware.csrf import get_token
from django.template.context import Context
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from heroicons.templatetags.heroicons import heroicon_outline

from portal import reasons, words
from portal.submissions import marks as form_marks

register = template.Library()

TAGS = {"allow", "ask", "deny", "shadow", "quiet", "live"}
# What a field's widget is to ``_field.html``; every other one is a ``control``.
KINDS: list[tuple[type[widgets.Widget], str]] = [
    (widgets.CheckboxSelectMultiple, "choices"),
    (widgets.RadioSelect, "choices"),
    (widgets.CheckboxInput, "checkbox"),
]

for of_words in (
    words.money,
    words.tokens,
    words.number,
    words.duration,
    words.capped,
    reasons.render_reason,
):
    register.filter(of_words)


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, size: int = 20) -> SafeString:
    """A heroicon (24, outline). It decorates: the word beside it speaks."""
    drawn = heroicon_outline(str(name), size=size, aria_hidden="true", focusable="false")
    return mark_safe(str(drawn))  # noqa: S308  (drawn from the package's own files)


@register.filter
def render_for_others(stored: Any) -> str:
    return reasons.render_reason(stored, reasons.OTHERS)


@register.filter
def told(entry: Any, reader: Any) -> str:
    """An entry of the trail for its reader, who may be in it."""
    return str(entry.told(reader))


@register.filter
def when(value: datetime | None) -> SafeString | str:
    """The distance when near, else the day; the exact time and the zone on hover."""
    if value is None:
        return "–"
    now = timezone.now()
    text = words.relative(value, now, timezone.get_current_timezone())
    return _time(value, text, "near" if words.near(value, now) else "")


@register.filter
def clock(value: datetime | None) -> SafeString | str:
    return "–" if value is None else _time(value, words.clock(value, timezone.get_current_timezone()))


@register.filter
def day(value: datetime | date | None) -> SafeString | str:
    if value is None:
        return "–"
    if not isinstance(value, datetime):
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), f"{value.day} {value:%b %Y}")
    return _time(value, words.day(value, timezone.get_current_timezone()))


def _time(value: datetime, text: str, kind: str = "") -> SafeString:
    exact = words.exact(value, timezone.get_current_timezone())
    stamp = value.isoformat(timespec="seconds")
    if kind:
        return format_html('<time class="{}" datetime="{}" title="{}">{}</time>', kind, stamp, exact, text)
    return format_html('<time datetime="{}" title="{}">{}</time>', stamp, exact, text)


@register.filter
def count(n: int, names: str) -> str:
    """``{{ 3|count:"task" }}`` is ``3 tasks``, ``{{ 2|count:"entry,entries" }}`` is ``2 entries``."""
    one, _, many = names.partition(",")
    return words.plural(n, one, many)


@register.simple_tag
def tag(kind: str, text: str) -> SafeString:
    """A state: a colour and a word. ``live`` is under way, ``quiet`` is whatever has no colour of its own."""
    if kind not in TAGS:
        raise ValueError(f"There is no tag {kind!r}, only {', '.join(sorted(TAGS))}.")
    return format_html('<span class="tag {}">{}</span>', kind, text)


@register.simple_tag
def avatar(person: Any) -> SafeString:
    """The initials of a person (or of a name) in a circle; the name stands beside it."""
    return format_html('<span class="avatar" aria-hidden="true">{}</span>', words.initials(str(person)))


@register.inclusion_tag("_field.html")
def field(bound: BoundField, label: str = "") -> dict[str, Any]:
    """One field of a form: label, help, widget, errors, tied together for screen readers."""
    kind = next((name for of, name in KINDS if isinstance(bound.field.widget, of)), "control")
    name = bound.id_for_label or bound.auto_id or bound.html_name
    described = [f"{name}_help"] if bound.help_text else []
    if bound.errors:
        described.append(f"{name}_error")
    context = {"bound": bound, "kind": kind, "label": label or bound.label, "optional": _optional(bound)}
    context["name"] = name
    if kind == "choices":
        return context | {"options": [_option(choice) for choice in bound], "described": " ".join(described)}
    attrs: dict[str, str | bool] = {"aria-describedby": " ".join(described)} if described else {}
    attrs |= {"aria-invalid": "true"} if bound.errors else {}
    return context | {"widget": bound.as_widget(attrs=attrs)}


def _optional(bound: BoundField) -> bool:
    """May a person leave it empty? Not where one of several things is always chosen."""
    choices = getattr(bound.field.widget, "choices", None)
    if (
        bound.field.required
        or choices is None
        or getattr(bound.field.widget, "allow_multiple_selected", False)
    ):
        return not bound.field.required
    return any(value in {"", None} for value, _ in choices)


def _option(choice: Any) -> dict[str, Any]:
    """One radio or box. A label's first line is its name, further lines say what choosing it means."""
    title, _, text = str(choice.choice_label).partition("\n")
    return {"control": choice.tag(), "id": choice.id_for_label, "title": title, "text": text}


@register.simple_tag(takes_context=True)
def marks(context: Context, form: Any = None) -> SafeString:
    """What every POST form begins with: the CSRF token, the one-time mark, and the version an edit was drawn from."""
    request = context.get("request")
    if request is None:
        return mark_safe("")
    hidden = [("csrfmiddlewaretoken", get_token(request)), (form_marks.FIELD, form_marks.make(request))]
    hidden += getattr(form, "hidden_marks", [])
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', hidden)


@register.inclusion_tag("_fields.html")
def fields(form: BaseForm) -> dict[str, Any]:
    """All fields of a form, what is wrong with the whole first."""
    return {"form": form}


@register.inclusion_tag("_errors.html")
def errors(form: BaseForm) -> dict[str, Any]:
    """What is wrong with a form as a whole, for pages that place its fields one by one."""
    return {"form": form}


@register.inclusion_tag("_filters.html", takes_context=True)
def filters(context: Context, form: BaseForm, target: str = "rows") -> dict[str, Any]:
    """A GET form in one line above a list; with htmx the list follows while typing."""
    return {"form": form, "target": target, "path": context["request"].path}


@register.inclusion_tag("_pager.html", takes_context=True)
def pager(context: Context, page_obj: Page[Any], things: str = "") -> dict[str, Any]:
    """Previous and next, keeping the filters. ``things`` names what is listed, as in ``count``."""
    total = count(page_obj.paginator.count, things) if things else ""
    return {"request": context["request"], "page_obj": page_obj, "total": total}


@register.simple_block_tag
def empty_state(content: str, icon_name: str, title: str) -> SafeString:
    """An empty list: its title, and inside the tag what the list will hold and the one button to begin."""
    text = '<div class="empty">{}<p class="title">{}</p>{}</div>'
    return format_html(text, icon(icon_name, 32), title, content)
