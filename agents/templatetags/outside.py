"""The filter for words of models, mails and services: known to every template without loading."""

from django import template

from agents.policy.hiding import spelled_out

register = template.Library()


@register.filter
def outside(text: str | None) -> str:
    """Text that anybody may have written, with what hides in it spelled out. It is still escaped like any other."""
    return spelled_out(text or "")
