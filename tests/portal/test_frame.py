"""The rail: links from every app in one order, what waits counted, the place where one is marked."""

import pytest

from portal.home.frame import arranged
from portal.parts import Addition, Link

HOME = Link("Home", "/", "inbox", 0, key="home")
AGENTS = Link("Agents", "/agents/", "cpu-chip", 10)
TASKS = Link("Tasks", "/tasks/", "queue-list", 20)


def current(path: str, *more: Link | Addition) -> list[str]:
    return [link.title for link in arranged([TASKS, AGENTS, HOME, *more], path) if link.current]


def test_links_stand_in_order_whoever_brought_them_first() -> None:
    assert [link.title for link in arranged([TASKS, HOME, AGENTS], "/")] == ["Home", "Agents", "Tasks"]


@pytest.mark.parametrize(
    ("path", "titles"),
    [("/", ["Home"]), ("/agents/", ["Agents"]), ("/agents/7/grants/", ["Agents"]), ("/nowhere/", [])],
)
def test_the_link_that_covers_most_of_the_path_is_current(path: str, titles: list[str]) -> None:
    assert current(path) == titles


def test_a_longer_address_wins() -> None:
    new = Link("Register", "/agents/new/", "plus", 11)
    assert current("/agents/new/", new) == ["Register"]


def test_additions_add_up_and_bring_their_pages() -> None:
    asks = Addition("home", count=2, under=("/asks/",))
    home = arranged([HOME, asks, Addition("home", count=1), Addition("gone", count=9)], "/asks/5/")[0]
    assert (home.count, home.current) == (3, True)
