"""``manage.py migrate``: Django's own, as the tables' owner; then the plain role is given its rights."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import migrate
from django.db.migrations.state import ProjectState

from portal import database_roles

Change = Callable[..., None]
CHANGES = ("_append_option", "_remove_option", "_alter_option")  # of a model's constraints or indexes


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with database_roles.as_owner(), light():
            super().handle(*args, **options)
            database_roles.apply()


@contextmanager
def light() -> Iterator[None]:
    """A constraint or an index more is told to the model that has it.

    Django would build that model anew, and all that are related to it: half the time of a first start. The thousands of
    classes that it builds still are looked through for garbage less often.
    """
    known = {name: getattr(ProjectState, name) for name in CHANGES}
    often = gc.get_threshold()
    gc.set_threshold(100_000, 50, 100)
    for name, change in known.items():
        setattr(ProjectState, name, _told(change))
    try:
        yield
    finally:
        gc.set_threshold(*often)
        for name, change in known.items():
            setattr(ProjectState, name, change)


def _told(change: Change) -> Change:
    def changed(state: Any, app: str, model: str, option: str, *what: Any) -> None:
        state.reload_model = lambda *args, **kwargs: None
        try:
            change(state, app, model, option, *what)
        finally:
            del state.reload_model
        if "apps" in vars(state):  # else no model is built yet
            setattr(state.apps.get_model(app, model)._meta, option, state.models[app, model].options[option])

    return changed
