"""The desk: what a connector may ask of the portal in the name of a person who wrote or pressed a button elsewhere.

A connector imports no room. Chat systems that take messages from people find these verbs here; ``agents.desk`` brings
them, and they are the pages' own, with the same rules.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # connectors are imported before Django has models
    from portal.people.models import Person


@dataclass(frozen=True, slots=True)
class Choice:
    """An agent that takes tasks of a person. ``trial``: in shadow mode, it changes nothing."""

    number: int
    name: str
    trial: bool


@dataclass(frozen=True, slots=True)
class Queued:
    task: int
    agent: str
    trial: bool
    link: str


@dataclass(frozen=True, slots=True)
class Ended:
    """A task that has ended: ``word`` is its state (``done``, ``not finished``); no words of its texts."""

    task: int
    agent: str
    word: str
    link: str


@dataclass(frozen=True, slots=True)
class Part:
    """One value of an ask as it is, hidden characters spelled out; ``notes``: where it comes from, and warnings."""

    title: str
    text: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """One ask for one reader, whole.

    ``about`` names agent and capability and holds no private words, as does ``outcome`` (a title and a sentence);
    ``question`` and ``parts`` hold the call's own. ``buttons``: this reader may answer it without the page. ``digest``
    is what the answer is bound to; ``link`` is the address of its page.
    """

    number: int
    digest: str
    about: str
    question: str
    parts: tuple[Part, ...]
    closes_at: datetime
    open: bool
    mine: bool
    second: bool
    outcome: tuple[str, str]
    link: str

    @property
    def buttons(self) -> bool:
        return self.open and self.mine and not self.second


class Desk(Protocol):
    def agents(self, person: "Person") -> list[Choice]:
        """The agents that take tasks of this person now, by name."""

    def queue(self, person: "Person", agent: int, *, words: str, attached: str) -> Queued:
        """``words`` are the person's own, ``attached`` is nobody's order. Raises ValidationError."""

    def ended(self, tasks: Iterable[int]) -> Mapping[int, Ended]:
        """Those of these tasks that have ended, by number."""

    def waiting(self, person: "Person") -> list[int]:
        """The open asks that this person may answer, the one that closes first on top."""

    def ask(self, person: "Person", number: int) -> Ask | None:
        """None: there is none that this person may see."""

    def closed(self, asks: Iterable[int]) -> list[int]:
        """Those of these asks that take no answer any more."""

    def answer(self, person: "Person", number: int, *, yes: bool, digest: str) -> None:
        """As on its page. Raises ValidationError: not theirs, closed, changed, or only answered on the page."""

    def page_of_asks(self) -> str:
        """The address of the page that lists asks."""
