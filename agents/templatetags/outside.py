"""Template filters that need no loading: text from outside made visible, uses of grants."""

from datetime import datetime

from django import template
from django.utils import timezone

from agents.grants.words import USED_WITHIN
from agents.policy.language.invisible import spelled_out

register = template.Library()


@register.filter
def outside(text: str | None) -> str:
    """Text that anybody may have written, with what hides in it spelled out. It is still escaped like any other."""
    return spelled_out(text or "")


@register.filter
def lately(last_used_at: datetime | None) -> str:
    """Whether a grant is used at all. When, and how often, would tell what the agent's people do."""
    if last_used_at is None:
        return "never used"
    word = "used" if last_used_at > timezone.now() - USED_WITHIN else "not used"
    return f"{word} in the last {USED_WITHIN.days} days"
