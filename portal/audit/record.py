"""The one door to state: ``@action`` gives a verb its transaction and its entry in the trail, or neither."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, ParamSpec, Protocol, TypeVar

from django.db import IntegrityError, models, transaction
from psycopg.types.json import Jsonb

from portal import prepared
from portal.audit.models import ACTED, Entry
from portal.audit.models import PORTAL as PORTAL
from portal.integrity import refusal
from portal.people.models import Person

P = ParamSpec("P")
R = TypeVar("R")

# An entry never holds what opens something: such a key in its details is an error, found by its test.
FORBIDDEN = ("secret", "password", "token_value", "api_key", "credential")


class Acting(str):
    """An actor that is no person and has a number of its own, as an agent has."""

    row: models.Model

    def __new__(cls, row: models.Model) -> "Acting":
        actor = super().__new__(cls, str(row))
        actor.row = row
        return actor


@dataclass
class _Draft:
    event: str
    target: models.Model | None = None
    details: dict[str, Any] = field(default_factory=dict)
    actor: Any = None


class Watcher(Protocol):
    """Who sent what a verb does, where it was a form: asked inside of the verb's transaction."""

    def before(self) -> None: ...

    def done(self) -> None: ...


watching: ContextVar[Watcher | None] = ContextVar("watching", default=None)
_open: ContextVar[list[_Draft] | None] = ContextVar("open_drafts", default=None)
_done: ContextVar[list[Entry] | None] = ContextVar("done_entries", default=None)


def action(event: models.TextChoices) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function a verb: ``verb(actor, target, *, ...)`` runs in a transaction and leaves one entry.

    ``actor`` is a Person, an agent (:class:`Acting`), or a string for the portal's own parts (``PORTAL``). The entry's
    target is the second argument if that is a row, else what the verb returns; see :func:`detail` and :func:`on`. All
    entries of nested verbs are written at the end of the outermost transaction. What a constraint refuses is a
    ValidationError in its words.
    """

    def decorate(verb: Callable[P, R]) -> Callable[P, R]:
        @wraps(verb)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
            outermost = _open.get() is None
            stack = _open.get() or []
            entries = _done.get() if not outermost else []
            assert entries is not None
            draft = _Draft(event=event.value, actor=args[0])
            marks = (_open.set([*stack, draft]), _done.set(entries))
            try:
                with transaction.atomic():
                    if outermost and (sent := watching.get()):
                        sent.before()
                    position = len(entries)
                    try:
                        result = verb(*args, **kwargs)
                    except BaseException:
                        del entries[position:]
                        raise
                    if draft.target is None:
                        second = args[1] if len(args) > 1 else None
                        draft.target = next(
                            (x for x in (second, result) if isinstance(x, models.Model)), None
                        )
                    entries.append(_entry(draft))
                    if outermost:
                        if sent := watching.get():
                            sent.done()
                        _write(entries)
            except IntegrityError as error:
                if not outermost:
                    raise
                raise refusal(error) from error
            finally:
                _open.reset(marks[0])
                _done.reset(marks[1])
            return result

        wrapper.event = event  # type: ignore[attr-defined]
        return wrapper

    return decorate


def detail(**details: Any) -> None:
    """Add JSON-able facts to the entry of the verb that is running. Never secrets, never texts of mails."""
    _current().details.update(details)


def also(event: models.TextChoices, target: models.Model, **details: Any) -> None:
    """One more entry: for a verb that does to many rows at once what another verb does to one."""
    draft = _Draft(event.value, target, details, _current().actor)
    entries = _done.get()
    if entries is not None:
        entries.append(_entry(draft))


def on(target: models.Model) -> None:
    """Name the row that the running verb's entry is about, where it is not the second argument."""
    _current().target = target


INSERT = """
    INSERT INTO portal_entry (event, actor_id, actor_name, target_type, target_id, target_name, details, digest)
    VALUES (%(event)s, %(actor_id)s::bigint, %(actor_name)s, %(target_type)s, %(target_id)s::bigint, %(target_name)s,
        %(details)s, '')
"""


def _write(entries: list[Entry]) -> None:
    if len(entries) != 1:
        Entry.objects.bulk_create(entries)
        return
    (entry,) = entries
    names = ("event", "actor_id", "actor_name", "target_type", "target_id", "target_name")
    given = {name: getattr(entry, name) for name in names}
    prepared.execute(INSERT, given | {"details": Jsonb(entry.details)})


def _current() -> _Draft:
    drafts = _open.get()
    if not drafts:
        raise RuntimeError("detail() and on() belong inside a function decorated with @action")
    return drafts[-1]


def _entry(draft: _Draft) -> Entry:
    for key in draft.details:
        if any(word in key.lower() for word in FORBIDDEN):
            raise ValueError(
                f"The detail {key!r} of {draft.event} looks like a secret; leave it out of the entry"
            )
    person = draft.actor if isinstance(draft.actor, Person) else None
    target = draft.target
    if isinstance(draft.actor, Acting):
        draft.details[ACTED] = f"{draft.actor.row._meta.verbose_name} #{draft.actor.row.pk}"
    return Entry(
        event=draft.event,
        actor=person,
        actor_name=str(draft.actor),
        target_type=target._meta.model_name or "" if target is not None else "",
        target_id=target.pk if target is not None else None,
        target_name=str(target)[:200] if target is not None else "",
        details=draft.details,
    )
