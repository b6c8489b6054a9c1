"""Which key stored secrets are encrypted with, and encrypting all of them with the first one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models

from portal import plugins
from portal.audit.record import action, detail
from portal.events import Event
from portal.people.models import Person
from portal.sealing import Sealed, resealed

CHUNK = 200


@dataclass(frozen=True, slots=True)
class Secrets:
    """How many there are: encrypted with the first key, with a later one, with none that is configured."""

    current: int = 0
    older: int = 0
    lost: int = 0
    keys: int = 1

    @property
    def total(self) -> int:
        return self.current + self.older + self.lost


def counted() -> Secrets:
    """As things stand."""
    return _each(change=False)


@action(Event.SECRETS_RESEALED)
def rotate(actor: Person | str) -> Secrets:
    """Encrypt every secret with the first key. What no key opens stays as it is. Returns what was found before."""
    found = _each(change=True)
    detail(changed=found.older, unreadable=found.lost)
    return found


def _each(*, change: bool) -> Secrets:
    current = older = lost = 0
    for rows, column, pk, stored in _stored():
        try:
            anew = resealed(stored)
        except Sealed:
            lost += 1
            continue
        if anew is None:
            current += 1
            continue
        older += 1
        if change:
            # One that was written meanwhile has the first key already.
            rows.filter(pk=pk, **{column: stored}).update(**{column: anew})
    return Secrets(current, older, lost, len(settings.ENCRYPTION_KEYS))


def _stored() -> Iterator[tuple["models.QuerySet[Any]", str, int, bytes]]:
    for named in sorted(name for plugin in plugins.installed() for name in plugin.sealed):
        label, _, column = named.rpartition(".")
        rows: models.QuerySet[Any] = apps.get_model(label)._base_manager.all()
        filled = rows.exclude(**{column: None}).exclude(**{column: b""}).order_by("pk")
        for pk, stored in filled.values_list("pk", column).iterator(chunk_size=CHUNK):
            yield rows, column, pk, bytes(stored)
