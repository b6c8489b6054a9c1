"""Every figure about a person, an agent or a group that some page shows, with the direction a reader would call good.

The one list of them: a figure that is not here is on no page. None improves by using more, and ``manage.py
usage_report`` writes them all, so that this can be measured. Sums by day and by model are parts of a figure, not
figures: moving work from one to another changes no total.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from metering.signals.items import Claim, cache_share


class Better(StrEnum):
    HIGH = "high"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Figure:
    """``name`` as the report writes it. ``own``: only its person, or an agent's owner, sees it."""

    name: str
    better: Better
    own: bool = False


COST = Figure("cost", Better.LOW)
COST_PER_ITEM = Figure("cost per verified item", Better.LOW)
ITEMS = Figure("distinct verified items", Better.HIGH)
TOKENS = Figure("tokens", Better.LOW, own=True)
CALLS = Figure("model calls", Better.LOW, own=True)
CACHE_SHARE = Figure("cache share", Better.HIGH, own=True)

OF_PERSON = (COST, COST_PER_ITEM, ITEMS, TOKENS, CALLS, CACHE_SHARE)


@dataclass(frozen=True, slots=True)
class Used:
    """What a person, an agent or a group used. ``micros`` None: nothing of it is priced; ``unpriced`` calls are not
    in it, and then nothing says what an item cost."""

    micros: int | None
    tokens: int
    calls: int
    unpriced: int = 0


Values = dict[Figure, float | None]


def of_person(used: Used, claims: Iterable[Claim], items: set[str]) -> Values:
    """``claims``: every task of the person that carried an item; ``items``: those that count for them."""
    return _values(used, len(items)) | {CALLS: used.calls, CACHE_SHARE: cache_share(claims, items)}


def of_agent(used: Used, items: set[str]) -> Values:
    return _values(used, len(items))


def of_group(micros: int | None, items: int | None) -> Values:
    """A group as it was published; None: withheld, or not priced."""
    return {COST: micros, ITEMS: items, COST_PER_ITEM: _each(micros, items)}


def _values(used: Used, items: int) -> Values:
    each = _each(None if used.unpriced else used.micros, items)
    return of_group(used.micros, items) | {COST_PER_ITEM: each, TOKENS: used.tokens}


def _each(micros: int | None, items: int | None) -> float | None:
    return micros / items if micros is not None and items else None
