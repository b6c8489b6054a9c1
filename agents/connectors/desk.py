"""The desk: what a connector may ask of the portal in the name of a person who wrote or pressed a button elsewhere.

A connector imports no room. Chat systems that take messages from people find these verbs here; ``agents.desk`` brings
them, and they are the pages' own, with the same rules.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

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


class Question(NamedTuple):
    """Names what waits for a person. ``kind``: ``ask``, or ``unclear`` (nobody knows whether a call happened)."""

    kind: str
    number: int


class Answer(NamedTuple):
    """One that a question takes: its code for :meth:`Desk.answer`, and its button."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Part:
    """One value of a question as it is, hidden characters spelled out; ``notes``: where it comes from, and warnings."""

    title: str
    text: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """One question for one reader, whole.

    ``about`` names agent and capability and holds no private words, as do ``waits`` (what it wants of its reader) and
    ``outcome`` (a title and a sentence); ``question`` and ``parts`` hold the call's own. ``unanswered``: what follows
    then. ``buttons``: this reader may answer it without the page. ``digest`` is what the answer is bound to; ``link``
    is the address of its page.
    """

    asked: Question
    digest: str
    about: str
    waits: str
    question: str
    parts: tuple[Part, ...]
    answers: tuple[Answer, ...]
    unanswered: str
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

    def waiting(self, person: "Person") -> list[Question]:
        """The open questions that this person may answer, the one that closes first on top."""

    def ask(self, person: "Person", asked: Question) -> Ask | None:
        """None: there is none that this person may see."""

    def closed(self, asked: Iterable[Question]) -> list[Question]:
        """Those of these that take no answer any more."""

    def answer(self, person: "Person", asked: Question, *, answer: str, digest: str, way: str) -> None:
        """As on its page; ``way`` is the connector's kind, for the trail.

        Raises ValidationError: not theirs, closed, changed, or only answered on the page.
        """

    def page_of_asks(self) -> str:
        """The address of the page that lists asks."""
