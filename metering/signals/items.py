"""Verified work items, from what another system said about tasks: each once, and without doubt or not at all. Pure."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Claim:
    """One task that carried a work item, and the other system's word. ``cached``: the least share of a follow-up
    call of the task that came from the cache; 1 where nothing was read again."""

    item: str
    person: int
    team: int
    agent: int
    verified: bool
    reversed: bool = False
    cached: float = 1.0
    day: date | None = None


def credited(claims: Iterable[Claim], to: Callable[[Claim], K]) -> dict[K, set[str]]:
    """The items that count for each of ``to`` (a person, a team, an agent).

    An item counts once, whatever number of tasks carried it. A reversal voids it. Where tasks of several carried it
    and it was verified, it counts for none of them: to attach a task to somebody else's work, or to be there first,
    brings nothing.
    """
    holders: dict[str, set[K]] = {}
    void = set()
    for claim in claims:
        if claim.verified:
            holders.setdefault(claim.item, set()).add(to(claim))
        if claim.reversed:
            void.add(claim.item)
    found: dict[K, set[str]] = {}
    for item, those in holders.items():
        if item not in void and len(those) == 1:
            found.setdefault(next(iter(those)), set()).add(item)
    return found


def cache_share(claims: Iterable[Claim], counted: set[str]) -> float | None:
    """Of what the counted items' tasks had to read again, how much came from the cache: the mean of the least.

    Every item weighs the same and stands with the worst call of the worst task that carried it, so neither another
    task nor another call can raise it. ``claims`` are one person's.
    """
    least: dict[str, float] = {}
    for claim in claims:
        if claim.item in counted:
            least[claim.item] = min(claim.cached, least.get(claim.item, 1.0))
    return sum(least.values()) / len(least) if least else None
