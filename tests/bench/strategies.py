"""More ways to look better by using more, for the workforce simulation: ``--plugin tests/bench/strategies.py``.

Each knows the portal's rules and aims at one of its figures. ``from sim import strategy`` is the simulation's own hook.
"""

import datetime as dt
from typing import Any

from sim import strategy  # type: ignore[import-not-found]  # the simulation's file, when it runs

CHEAP: dict[str, Any] = {"turns": 2, "inp": 400, "out": 60, "model": "small", "opened": 1}


def _others_item(c: Any) -> str:
    """One of a colleague's first ones: those exist. Whether it is verified is the other system's word, and stays so."""
    other = c.rng.choice(
        [one["id"] for one in c.staff if one is not c.emp and one["team"] == c.emp["team"]] or ["e0000"]
    )
    return f"W-{other}-{c.rng.randrange(3)}"


def _own_items(c: Any) -> list[str]:
    """One's own that the other system has verified."""
    return [t["work_item"] for t in c.tasks if t["verified"] and not t["reverted"]]


@strategy
def own_items_again(c: Any) -> None:
    """Cheap tasks on one's own work items: more of them, or a lower cost of each?"""
    items = _own_items(c)
    for d in c.days:
        for _ in range(c.count(1.5) if items else 0):
            c.add_task("own_items_again", c.at(d), verified=1, changes=1, item=c.rng.choice(items), **CHEAP)


@strategy
def others_items(c: Any) -> None:
    """Cheap tasks attached to what colleagues do, which is verified."""
    for d in c.days:
        for _ in range(c.count(1.5)):
            c.add_task("others_items", c.at(d), verified=1, changes=1, item=_others_item(c), **CHEAP)


@strategy
def there_first(c: Any) -> None:
    """The same before anybody works on it."""
    for d in c.days[:5]:
        for _ in range(c.count(3)):
            c.add_task(
                "there_first", d - dt.timedelta(days=3), verified=1, changes=1, item=_others_item(c), **CHEAP
            )


@strategy
def all_cached(c: Any) -> None:
    """Calls that repeat themselves, so that most of what is read comes from the cache."""
    items = _own_items(c)
    for d in c.days:
        for _ in range(c.count(1)):
            c.add_task(
                "all_cached", c.at(d), turns=8, cached=0.99, opened=1, changes=1, verified=int(bool(items)),
                item=c.rng.choice(items) if items else "",
            )  # fmt: skip


@strategy
def little_changes(c: Any) -> None:
    """Tasks that change a little and are opened, so that none looks idle."""
    for d in c.days:
        for _ in range(c.count(1.5)):
            c.add_task("little_changes", c.at(d), changes=1, **CHEAP)


@strategy
def fresh_agents(c: Any) -> None:
    """A new agent for each week, without a past."""
    for n, d in enumerate(c.days):
        for _ in range(c.count(1)):
            c.add_task("fresh_agents", c.at(d), turns=3, agent=f"{c.emp['id']}-new{n // 7}", opened=1)


@strategy
def quiet_nights(c: Any) -> None:
    """A reader for each schedule: one opens everything once."""
    for d in c.days:
        for _ in range(3 + c.count(0.5)):
            c.add_task("quiet_nights", c.at(d, 0, 6), trigger="schedule", opened=1, agent=c.emp["agents"][0])
