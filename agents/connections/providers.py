"""The providers at which people sign in for their connections: what ``PORTAL_OAUTH`` says of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

from agents.connectors.base import Connector
from agents.connectors.plugins import AgentsPlugin
from portal.outgoing.inside import Network, networks
from portal.plugins import of_kind


@dataclass(frozen=True, slots=True)
class Provider:
    """``scopes``: what the person is asked to allow, and beside it ``scopes_for`` each capability that the connection's
    settings make possible. ``issuer``: who signs; ``{tid}`` is the tenant's number; ``issuers``: its other names.

    ``userinfo``: is asked where ID tokens hold no e-mail. ``basic``: it wants the client's secret in a header.
    ``manage``: its page on which a person ends what they allowed, for where ``revoke`` is empty.

    ``kinds``: connectors whose connections it opens; none named: all for which people can sign in.
    ``inside``: networks that are not public and hold its servers.
    """

    name: str
    title: str
    authorize: str
    token: str
    issuer: str
    scopes: tuple[str, ...]
    client_id: str
    client_secret: str = field(default="", repr=False)
    revoke: str = ""
    userinfo: str = ""
    manage: str = ""
    basic: bool = False
    issuers: tuple[str, ...] = ()
    scopes_for: Mapping[str, Sequence[str]] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    inside: tuple[Network, ...] = ()

    def wanted(self, connector: Connector, settings: Mapping[str, Any]) -> list[str]:
        """The least that agents need with these settings."""
        possible = connector.possible(settings)
        more = [scope for name, scopes in self.scopes_for.items() if name in possible for scope in scopes]
        return list(dict.fromkeys([*self.scopes, *more]))


PARTS = {
    "title",
    "authorize",
    "token",
    "issuer",
    "client_id",
    "client_secret",
    "revoke",
    "userinfo",
    "manage",
}
LISTS = ("scopes", "kinds", "issuers")


def all_() -> dict[str, Provider]:
    """By name. Raises ImproperlyConfigured with what cannot be read."""
    return _read(settings.OAUTH)


def named(name: str) -> Provider | None:
    return all_().get(name)


def offered(connector: Connector) -> list[Provider]:
    """At which a person may sign in for a connection of this kind."""
    if not connector.signs_in:
        return []
    return [one for one in all_().values() if connector.kind in (one.kinds or (connector.kind,))]


def readable(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """System check: what ``PORTAL_OAUTH`` says can be read."""
    try:
        all_()
    except (ImproperlyConfigured, ValueError) as error:
        return [Error(str(error), id="agents.E002")]
    return []


def _read(written: Mapping[str, Mapping[str, Any]]) -> dict[str, Provider]:
    presets = {name: one for plugin in of_kind(AgentsPlugin) for name, one in plugin.providers.items()}
    return {name: _made(name, {**presets.get(name, {}), **said}) for name, said in written.items()}


def _made(name: str, said: Mapping[str, Any]) -> Provider:
    values = dict(said)
    tenant = values.pop("tenant", "organizations")
    known = {one.name for one in fields(Provider)} - {"name"}
    if unknown := sorted(set(values) - known):
        raise ImproperlyConfigured(f"PORTAL_OAUTH: {name} has “{unknown[0]}”, which nothing reads.")
    for key in PARTS & set(values):
        values[key] = str(values[key]).replace("{tenant}", str(tenant))
    values |= {key: tuple(values.get(key, ())) for key in LISTS}
    values["inside"] = networks(values.get("inside", ()))
    values.setdefault("title", name)
    try:
        return Provider(name=name, **values)
    except TypeError as error:
        missing = str(error).partition(": ")[2]
        raise ImproperlyConfigured(f"PORTAL_OAUTH: {name} lacks {missing}.") from None
