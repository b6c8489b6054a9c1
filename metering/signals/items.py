"""Verified work items as signals count them: each once, and only without doubt. Pure."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date
from math import fsum
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Claim:
    """One task that carried a work item, and the other system's word. ``changed``: the task changed something.
    ``cached``: the least share of a follow-up call of the task that came from the cache; 1 where nothing was read
    again."""

    item: str
    person: int
    team: int
    agent: int
    verified: bool
    reversed: bool = False
    cached: float = 1.0
    day: date | None = None
    changed: bool = field(kw_only=True)

    @property
    def earns(self) -> bool:
        """What a task that changed nothing is said to have done, it did not do."""
        return self.verified and self.changed


def credited(claims: Iterable[Claim], to: Callable[[Claim], K]) -> dict[K, set[str]]:
    """The items that count for each of ``to`` (a person, a team, an agent).

    The rule of ``WorkItem.counted``: an item counts once, a reversal voids it, and where tasks of several people
    carried it, or several agents earned it, it counts for none of them.
    """
    people: dict[str, set[int]] = {}
    holders: dict[str, set[K]] = {}
    void = set()
    for claim in claims:
        people.setdefault(claim.item, set()).add(claim.person)
        if claim.earns:
            holders.setdefault(claim.item, set()).add(to(claim))
        if claim.reversed:
            void.add(claim.item)
    found: dict[K, set[str]] = {}
    for item, those in holders.items():
        if item not in void and len(people[item]) == len(those) == 1:
            found.setdefault(next(iter(those)), set()).add(item)
    return found


def cache_share(claims: Iterable[Claim], counted: set[str]) -> float | None:
    """Of what the counted items' tasks had to read again, how much came from the cache. ``claims`` are one person's.

    The mean over items, each with the worst call of its worst task: no further task or call can raise it. An item that
    was earned and counts no more stays in where it lowers the share, so that losing a bad item raises nothing.
    """
    least: dict[str, float] = {}
    earned = set()
    for claim in claims:
        least[claim.item] = min(claim.cached, least.get(claim.item, 1.0))
        if claim.earns:
            earned.add(claim.item)
    values = [least[item] for item in counted if item in least]
    if not values:
        return None
    total, number = fsum(values), len(values)
    for lost in sorted(least[item] for item in earned - counted):
        if lost >= total / number:
            break
        total, number = total + lost, number + 1
    return total / number
