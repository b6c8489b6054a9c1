"""For tests of notices: kinds, a channel that does what it is told, and a clock that is put on by hand."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest

from portal.notices import channels, delivering, kinds
from portal.notices.channels import Shown
from portal.notices.kinds import Kind
from portal.people.models import Person
from portal.sessions import database_now

KINDS = [
    Kind("t.wrote", "Somebody wrote", "Letters", ("{who} wrote: {words:own}", "{who} wrote something")),
    Kind("t.fire", "There is a fire", "House", "It burns.", urgent=True),
    Kind("t.rain", "It rains", "House", "It rains.", outside=False),
]


class Killed(BaseException):
    """The process dies."""


class Post:
    """``arrived``: person and notice, in order. ``trouble`` is raised before anything arrives, ``after`` afterwards."""

    name, title = "t_post", "Post"

    def __init__(self) -> None:
        self.arrived: list[tuple[int, int]] = []
        self.messages: list[list[Shown]] = []
        self.trouble: Callable[[Person], BaseException | None] = lambda person: None
        self.after: Callable[[Person], BaseException | None] = lambda person: None
        self.reaches = True

    def ready(self) -> bool:
        return True

    def may(self, person: Person) -> bool:
        return self.reaches

    def send(self, person: Person, notices: Sequence[Shown]) -> None:
        if trouble := self.trouble(person):
            raise trouble
        self.messages.append(list(notices))
        self.arrived += [(person.pk, notice.id) for notice in notices]
        if trouble := self.after(person):
            raise trouble


class Clock:
    def __init__(self) -> None:
        self.later = timedelta()

    def __call__(self) -> datetime:
        return database_now() + self.later

    def on(self, **more: float) -> None:
        self.later += timedelta(**more)


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Post:
    one = Post()
    monkeypatch.setattr(channels, "_known", {one.name: one})
    return one


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    one = Clock()
    monkeypatch.setattr(delivering, "database_now", one)
    return one


@pytest.fixture
def told_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_known", {})
    kinds.declare(KINDS)
