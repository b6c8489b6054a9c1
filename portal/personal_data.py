"""What is kept about a person: each plug-in lists its tables (``personal_data``).

The export of "My data", an erasure and the page that explains both come from this list. A test finds tables that are
neither in it nor exempt.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    from portal.people.models import Person

REMOVED = "Removed: its person was erased."
CHUNK = 500

Erase = Callable[[models.QuerySet[Any], "Person"], object]
LABELS = ("display_name", "name")  # how a row that is referred to is called, where it has one of these


def kept(rows: models.QuerySet[Any], person: "Person") -> None:
    """The row stays and refers to a nameless person."""


def deleted(rows: models.QuerySet[Any], person: "Person") -> None:
    rows.delete()


def emptied(**columns: Any) -> Erase:
    """The row stays, these columns are overwritten."""

    def erase(rows: models.QuerySet[Any], person: "Person") -> None:
        rows.order_by().update(**columns)

    return erase


@dataclass(frozen=True)
class Table:
    """Rows about one person. ``model``: ``app.Model``; ``keys``: lookups that lead to the person, or-ed.

    ``hide``: columns that leave in no export (what opens something, or is another's). ``only``: none but these.
    ``after``: in words what an erasure leaves of it. ``time``: how long, with ``{kind}`` of ``settings.RETENTION``.
    """

    name: str
    model: str
    keys: tuple[str, ...]
    says: str
    after: str
    erase: Erase = kept
    hide: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    who: Callable[["Person"], models.Q] | None = None
    time: str = ""

    @property
    def kept_for(self) -> str:
        """How long, with the days that are set here; empty where the rows stay as long as what they are of."""
        return self.time.format(**settings.RETENTION)

    def rows(self, person: "Person") -> "models.QuerySet[Any]":
        query = models.Q(pk__in=[])
        for key in self.keys:
            query |= models.Q(**{key: person.pk})
        if self.who:
            query |= self.who(person)
        found: models.QuerySet[Any] = apps.get_model(self.model)._default_manager.filter(query)
        many = {field.name for field in found.model._meta.get_fields() if field.many_to_many}
        return found.distinct() if any("__" in key or key in many for key in self.keys) else found

    def export(self, person: "Person") -> Iterator[dict[str, Any]]:
        """Each row as column and value; what it refers to by name, where that has one."""
        columns = self.columns()
        rows = self.rows(person).order_by("pk").values_list(*columns.values())
        for row in rows.iterator(chunk_size=CHUNK):
            yield {name: _plain(value) for name, value in zip(columns, row, strict=True)}

    def columns(self) -> dict[str, str]:
        """Exported name to the lookup that gives its value."""
        found = {}
        for column in apps.get_model(self.model)._meta.concrete_fields:
            if column.name in (*self.hide, "pk") or (self.only and column.name not in self.only):
                continue
            found[column.name] = column.name
            if column.related_model is not None:
                has = {other.name for other in column.related_model._meta.get_fields()}
                label = next((name for name in LABELS if name in has), "")
                found[column.name] = f"{column.name}__{label}" if label else column.attname
        return found

    def covers(self) -> set[str]:
        """The keys to a person that this answers for, as ``app.Model.field``."""
        return {f"{self.model}.{key}" for key in self.keys}


def _nothing(person: "Person") -> Iterator[str]:
    return iter(())


@dataclass(frozen=True)
class PersonalData:
    """The tables of one plug-in. ``hinders`` says in sentences what must be done before a person can be erased.

    ``written``: by ``app.Model`` the columns with texts of people and agents. An erasure takes the name out of these
    only, because a role, a state or a team of that name is not the person.
    """

    title: str
    tables: tuple[Table, ...]
    exempt: dict[str, str] = field(default_factory=dict)  # app.Model.field: why it is no table of "My data"
    written: dict[str, tuple[str, ...]] = field(default_factory=dict)
    hinders: Callable[["Person"], Iterator[str]] = _nothing


def _plain(value: Any) -> Any:
    """What JSON has no words for: times and money as they are, bytes as hex."""
    if isinstance(value, memoryview | bytes):
        return bytes(value).hex()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value
