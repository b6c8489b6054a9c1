"""The registry: what each app and each connector's folder brings to the apps below it, typed and checked at start.

An entry of ``settings.PLUGINS`` is a Django app whose ``plugin.py`` holds one ``PLUGIN``. Subclasses of :class:`Plugin`
have further fields (``metering.plugins``, ``agents.connectors.plugins``).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import Field, dataclass, field, fields
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from celery.schedules import crontab
from django import forms
from django.conf import settings
from django.core.checks import CheckMessage
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.http import HttpRequest
from prometheus_client.metrics_core import Metric

from portal.notices.channels import Channel
from portal.notices.kinds import Kind
from portal.parts import Addition, Bar, HomePart, Link
from portal.permissions import Role
from portal.personal_data import PersonalData

if TYPE_CHECKING:  # connectors are imported before Django has models
    from portal.people.models import Person

P = TypeVar("P", bound="Plugin")


class Beat(NamedTuple):
    """When a worker runs by itself: every so many seconds, or by the clock (UTC).

    ``here``: in the clock's own process, so that no full queue and no dead broker is in its way. Safe to run twice at
    once, and short.
    """

    worker: str
    when: float | crontab
    here: bool = False


class SignIn(NamedTuple):
    """One of the sample company's people, for who tries the portal."""

    name: str
    email: str
    is_who: str
    password: str


def _nothing(*args: Any, **kwargs: Any) -> Iterable[Any]:
    return ()


@dataclass(frozen=True, kw_only=True)
class Plugin:
    """What one app or connector brings. Every field may be left out."""

    urls: Sequence[tuple[str, str]] = ()  # prefix and the dotted name of a module of URLs
    links: Callable[[HttpRequest], Iterable[Link | Addition]] = _nothing  # of the rail
    # In red above the page that is asked for; called after ``links``, with the same request.
    bars: Callable[[HttpRequest], Iterable[Bar]] = _nothing
    home_parts: Callable[[HttpRequest], Iterable[HomePart]] = _nothing
    profile_parts: Callable[[HttpRequest], Iterable[HomePart]] = _nothing  # of one's own profile page
    role_permissions: Mapping[Role, Sequence[str]] = field(default_factory=dict)
    personal_data: PersonalData | None = None  # tables about people: export, erasure, "My data"
    sealed: Sequence[
        str
    ] = ()  # columns of encrypted secrets, ``agents.Connection.secret``, for a change of keys
    database_grants: Mapping[str, str] = field(default_factory=dict)  # by table, where the portal may do less
    events: type[models.TextChoices] | None = None  # of the audit trail
    reasons: Mapping[str, str | tuple[str, str]] = field(default_factory=dict)  # sentences by code
    reason_kinds: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)
    beats: Mapping[str, Beat] = field(default_factory=dict)
    processes: Sequence[
        str
    ] = ()  # commands of manage.py that run for good beside web server, worker and clock
    notices: Sequence[Kind] = ()  # what people are told (``portal.notices``)
    notice_channels: Sequence[Channel] = ()  # ways in which it leaves the portal
    # Figures for monitoring, from how many entries of the trail there are by event and code; no label names a person.
    metrics: Callable[[Mapping[tuple[str, str], int]], Iterable[Metric]] = _nothing
    checks: Sequence[Callable[..., Iterable[CheckMessage]]] = ()  # Django system checks
    # A person leaves: a form on the page that asks before, lines that say what ends, and what ends it.
    successor_form: Callable[..., forms.Form] | None = None
    leaving_means: Callable[["Person"], Iterable[str]] = _nothing
    on_person_leaves: Callable[["Person | str", "Person", Mapping[str, Any]], object] = _nothing
    on_membership_ends: Callable[["Person | str", "Person"], object] = _nothing
    sample_company: Callable[[Callable[[str], None]], list[SignIn]] | None = None  # fills an empty database


def installed() -> "tuple[Plugin, ...]":
    """Every plug-in, in the order of ``settings.PLUGINS``."""
    return tuple(by_app().values())


def by_app() -> "dict[str, Plugin]":
    """Every plug-in by the name of its app. Raises ImproperlyConfigured in one line for a missing or wrong one."""
    return _loaded(tuple(settings.PLUGINS))


def of_kind(kind: type[P]) -> "tuple[P, ...]":
    """The plug-ins that may bring what only ``kind`` has fields for."""
    return tuple(plugin for plugin in installed() if isinstance(plugin, kind))


def beats() -> dict[str, Beat]:
    return {name: beat for plugin in installed() for name, beat in plugin.beats.items()}


def processes() -> list[str]:
    return [name for plugin in installed() for name in plugin.processes]


def personal_data() -> list[PersonalData]:
    return [plugin.personal_data for plugin in installed() if plugin.personal_data]


@cache
def _loaded(names: tuple[str, ...]) -> dict[str, Plugin]:
    if twice := [name for name, count in Counter(names).items() if count > 1]:
        raise ImproperlyConfigured(f"PLUGINS: {twice[0]} is there twice.")
    found = {name: _load(name) for name in names}
    for problem in problems(found):
        raise ImproperlyConfigured(f"PLUGINS: {problem}")
    return found


def _load(name: str) -> Plugin:
    path = f"{name}.plugin"
    try:
        module = import_module(path)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{path}.".startswith(f"{error.name}."):
            raise  # of something that the plug-in itself imports
        raise ImproperlyConfigured(f"PLUGINS: there is no module {path}.") from None
    plugin = getattr(module, "PLUGIN", None)
    if not isinstance(plugin, Plugin):
        raise ImproperlyConfigured(f"PLUGINS: {path}.PLUGIN is no Plugin.")
    return plugin


def problems(found: Mapping[str, Plugin]) -> Iterator[str]:
    """What is wrong with plug-ins by name: a field of a wrong type, something that two of them bring."""
    for name, plugin in found.items():
        for declared in fields(plugin):
            value = getattr(plugin, declared.name)
            if wanted := _not_what_it_should_be(declared, value):
                yield f"{name}: {declared.name} is no {wanted}."
    for what, keys in _UNIQUE.items():
        owners: dict[str, str] = {}
        for name, plugin in found.items():
            for key in keys(plugin):
                if key in owners:
                    yield f"{name} and {owners[key]} both bring the {what} {key}."
                owners[key] = name


def _not_what_it_should_be(declared: Field[Any], value: Any) -> str:
    """What a field's value should be, where it is not; mypy sees more, and only if somebody runs it."""
    if declared.default is None and value is None:
        return ""
    if declared.name == "personal_data":
        return "" if isinstance(value, PersonalData) else "PersonalData"
    if declared.default_factory is dict:
        return "" if isinstance(value, Mapping) else "mapping"
    if declared.default == ():
        return "" if isinstance(value, Sequence) and not isinstance(value, str) else "list"
    return "" if callable(value) else "function"


# What has one owner, and how a plug-in names its own.
_UNIQUE: Mapping[str, Callable[[Plugin], Iterable[str]]] = {
    "module of URLs": lambda plugin: [module for _, module in plugin.urls],
    "event": lambda plugin: plugin.events.values if plugin.events else (),
    "reason": lambda plugin: plugin.reasons,
    "kind of a reason's field": lambda plugin: plugin.reason_kinds,
    "beat": lambda plugin: plugin.beats,
    "kind of notice": lambda plugin: [kind.name for kind in plugin.notices],
    "channel of notices": lambda plugin: [channel.name for channel in plugin.notice_channels],
    "table": lambda plugin: plugin.database_grants,
    "personal data": lambda plugin: (
        [table.name for table in plugin.personal_data.tables] if plugin.personal_data else ()
    ),
}
