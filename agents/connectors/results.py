"""What a call gives back: its result, or that it goes on in its system and is looked at until it ends."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.scrubbing import scrubbed


class Scrubbed:
    """Gives back no secret that this process has decrypted."""

    __slots__ = ()

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:  # type: ignore[attr-defined]
            object.__setattr__(self, name, scrubbed(getattr(self, name)))


@dataclass(frozen=True, slots=True)
class Result(Scrubbed):
    """What came back: JSON for the model, one line for people (never a mail's text), and counts to add up."""

    data: Any
    summary: str
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told(Scrubbed):
    """What people hear at once: a kind of notice (``portal.notices.kinds``) with what its sentence needs.

    ``people``: their e-mails; those that nobody here has, or who have left, are passed over. ``link``: a path of the
    portal. ``key``: what is told once under a key is not told again while it is not settled.
    """

    kind: str
    people: tuple[str, ...]
    link: str
    says: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""


@dataclass(frozen=True, slots=True)
class Proposed(Scrubbed):
    """A call on the same connection that follows from what happened. It goes through the gate as the agent's own does:
    what nobody granted is refused, and what needs a yes asks for it.
    """

    capability: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Awaited(Scrubbed):
    """The call has begun and goes on in its system. Its task waits for that, without a worker and without a model.

    ``says``: what it waits for, in a few words (``the end of shop 1.4 in production``). ``about``: the name under which
    the system tells of it (``watched.happened``). ``cursor``: JSON that the next look is given. ``pause``: seconds
    until that look; None: ever longer, up to ``longest``. ``tells``: whom, at once.

    Of the call itself, and of no later look: ``within``, the seconds after which it is given up, and ``last``: nothing
    is left to do after it, so where rules can judge how it ended the task ends with that, and no model is asked.
    """

    says: str
    about: str = ""
    cursor: Any = None
    pause: float | None = None
    longest: float = 300.0
    within: float = 3_600.0
    last: bool = False
    tells: tuple[Told, ...] = ()


@dataclass(frozen=True, slots=True)
class Ended(Scrubbed):
    """It has ended. ``judged``: rules said how, so that no model needs to be asked. ``words``: the task's last words,
    where it ends with this; the result's summary, where there are none. ``proposes``: what follows
    by rule, of which the first that the task may use is made.
    """

    result: Result
    judged: bool = True
    words: str = ""
    tells: tuple[Told, ...] = ()
    proposes: tuple[Proposed, ...] = ()
