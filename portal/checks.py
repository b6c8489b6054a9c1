"""System checks: a view without an access rule does not pass ``manage.py check``."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.urls import URLPattern, URLResolver, get_resolver


def patterns(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every URL pattern of the project with its whole route."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, route)
        else:
            yield route, entry


@register()
def every_view_says_who_may_open_it(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"The view of /{route} does not say who may open it.",
            hint="Put @anyone(because=…), @signed_in or @requires(…) from portal.access above it.",
            id="portal.E001",
        )
        for route, pattern in patterns()
        if not getattr(pattern.callback, "access", "")
    ]


@register(deploy=True)
def links_have_an_address(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.ADDRESS:
        return []
    hint = "Set PORTAL_ADDRESS to the address that people type, like https://portal.example.com."
    return [Warning("Links in invitations and mails begin with a guess.", hint=hint, id="portal.W002")]
