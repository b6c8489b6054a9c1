"""System checks: every view has an access rule; in deployment the database's role is a plain one."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register
from django.core.checks import Error as Wrong
from django.db import Error, connection
from django.urls import URLPattern, URLResolver, get_resolver

from portal import env
from portal.database_roles import decided


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
        Wrong(
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


ROLE = """
    SELECT current_user, (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
        (SELECT array_agg(relname ORDER BY relname) FROM pg_class
            WHERE relname = ANY (%s) AND pg_has_role(relowner, 'MEMBER')),
        has_schema_privilege(current_schema(), 'CREATE')
"""


@register(deploy=True)
def the_portal_cannot_rewrite_its_record(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The role of DATABASE_URL, asked of the database: is it more than it should be?"""
    hint = (
        "Make a role without rights, put it into DATABASE_URL and the tables' owner into DATABASE_OWNER_URL."
    )
    kept = sorted(name for name, rights in decided().items() if "DELETE" not in rights)
    try:
        with connection.cursor() as cursor:
            cursor.execute(ROLE, [kept])
            role, superuser, owned, makes = cursor.fetchone()
    except Error as error:
        said = str(error).strip().splitlines()[0]
        return [Warning(f"The database could not be asked about its roles: {said}", id="portal.W003")]
    more = ["is the superuser"] if superuser else []
    more += [f"owns {', '.join(owned)}"] if owned and not superuser else []
    more += ["may make tables"] if makes and not owned and not superuser else []
    return [
        Warning(
            f"The portal works as {role}, which {what}: it could rewrite the audit trail and the ledger.",
            hint=hint,
            id="portal.W001",
        )
        for what in more
    ]


@register(deploy=True)
def proxies_are_named(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if not env.flag("PORTAL_BEHIND_PROXY") or env.text("PORTAL_PROXIES"):
        return []
    hint = "Set PORTAL_PROXIES to the proxies' addresses or networks, with commas, and unset PORTAL_BEHIND_PROXY."
    said = "PORTAL_BEHIND_PROXY trusts a proxy on this machine only (127.0.0.1 and ::1)."
    return [Warning(said, hint=hint, id="portal.W004")]
