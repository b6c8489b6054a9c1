"""Kinds of notices: each app brings its own (``portal.plugins``), and people choose by kind what leaves the portal."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal import reasons

if TYPE_CHECKING:  # connectors are imported before Django has models
    from portal.people.models import Person


@dataclass(frozen=True)
class Kind:
    """One kind of thing that people are told.

    ``name``: ``ask.waits``, stored with each notice; it is the code of its sentence too.
    ``title``: its row on the page where people choose, in the reader's words: ``A question waits for me``.
    ``group``: the heading over the row.
    ``says``: the sentence, as in ``portal.reasons``: one for everywhere, or (in the portal, outside of it). What has
    private words, such as a note or a subject, has two, and marks those fields ``own``.
    ``urgent``: neither quiet hours nor a digest hold it back.
    ``outside``: sent by mail and the like until the person says otherwise.
    ``waits``: another link of the rail counts its matter too, such as an ask, so the sum leaves its notices out.
    ``open_in``: the method of its matter's QuerySet that keeps the rows that still need somebody. A notice about
    another row is settled. Empty: it says what happened, and that stays true.
    ``link``: the address that leaves the portal, made when it is sent and stored nowhere: for who cannot sign in yet.
    Such a kind leaves by mail alone, and nobody can switch it off. ``press``: what its button says.
    ``concerns``: can it ever be about this person? Their page of choices leaves the others out. None: about anybody.
    """

    name: str
    title: str
    group: str
    says: str | tuple[str, str]
    urgent: bool = False
    outside: bool = True
    waits: bool = False
    open_in: str = ""
    link: "Callable[[Person], str] | None" = None
    press: str = "Open in Agent Portal"
    concerns: "Callable[[Person], bool] | None" = None


_known: dict[str, Kind] = {}


def declare(kinds: Iterable[Kind]) -> None:
    """Make kinds known, with their sentences. Raises ValueError for a wrong field of a sentence."""
    for kind in kinds:
        reasons.declare({kind.name: kind.says})
        _known[kind.name] = kind


def known() -> list[Kind]:
    """All of them, in the order of their groups' first."""
    groups = list(dict.fromkeys(kind.group for kind in _known.values()))
    return sorted(_known.values(), key=lambda kind: groups.index(kind.group))


def named(name: str) -> Kind | None:
    """The kind of that name; None where its plug-in is not there any more."""
    return _known.get(name)
