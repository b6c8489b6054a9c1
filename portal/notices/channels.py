"""Ways out of the portal: mail, push, a connector's chat. Each plug-in brings its own (``notice_channels``)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from portal.reasons import Stored

if TYPE_CHECKING:  # connectors are imported before Django has models
    from portal.people.models import Person


@dataclass(frozen=True)
class Shown:
    """A notice as it may be read outside of the portal: no private words in it.

    ``id``: the notice's, the same at every try. ``link`` is absolute, and marks it read when it is opened.
    """

    id: int
    kind: str
    title: str
    text: str
    link: str
    made_at: datetime
    urgent: bool = False
    press: str = "Open in Agent Portal"
    fixed: bool = False  # nobody can switch it off


class Away(Exception):
    """It could not be sent now: it is tried again, nothing is lost.

    ``retry_after``: seconds that the other side asked for. ``everybody``: the whole channel is away, such as a mail
    server that does not answer, so others need not be tried. ``why``: a stored reason (``portal.reasons``).
    """

    def __init__(
        self, retry_after: float | None = None, *, everybody: bool = False, why: Stored | None = None
    ) -> None:
        super().__init__(retry_after)
        self.retry_after, self.everybody, self.why = retry_after, everybody, why or {}


class Refused(Exception):
    """It is never taken, such as a mail to an address that is not there. ``why``: a stored reason."""

    def __init__(self, why: Stored | None = None) -> None:
        super().__init__(why)
        self.why = why or {}


@runtime_checkable
class Channel(Protocol):
    """One way out. ``name`` is stored, ``title`` is its column on the page where people choose."""

    name: str
    title: str

    def ready(self) -> bool:
        """Is it set up in this portal at all? From settings or a cheap look: it is asked whenever somebody is told."""

    def may(self, person: "Person") -> bool:
        """Does it reach this person: have they an address, linked an account, allowed a browser?"""

    def send(self, person: "Person", notices: Sequence[Shown]) -> None:
        """Send them, oldest first, as one message. Takes at most a minute.

        Raises Away or Refused; anything else counts as Away. The same notices may come again after a crash, also
        together with later ones.
        """


LETTERS = "mail"  # the channel that reaches who cannot sign in
_known: dict[str, Channel] = {}


def declare(channels: Iterable[Channel]) -> None:
    for channel in channels:
        _known[channel.name] = channel


def known() -> list[Channel]:
    return list(_known.values())


def ready() -> list[Channel]:
    """Those that this portal is set up for."""
    return [channel for channel in _known.values() if channel.ready()]


def sends_letters(person: "Person") -> bool:
    """Do letters reach this person?"""
    return any(way.name == LETTERS and way.may(person) for way in ready())
