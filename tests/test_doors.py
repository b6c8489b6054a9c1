"""Every URL × every person of the cast. A URL without a row in ``doors`` fails: who may open it is decided before.

One test for each URL, so that one can be tried alone (``-k registry:stop``) and processes share them
(``tests/scheduling.py``). All URLs of one process look at the same world: what an answer changed is rolled back.
Everything in it that has a name is called like a formula, and its people live far from here.
"""

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest
from django.db import transaction
from django.templatetags.static import static
from django.test import Client, override_settings
from django.urls import get_resolver, reverse

from portal.checks import patterns
from portal.download import harmless
from tests import looks
from tests.cast import NAMES, as_, make_cast
from tests.doors import DOORS, PRIVATE
from tests.spacing import apart
from tests.world import World, make_world

EVERYBODY = ("nobody", *NAMES)
TABLES = [name for name in DOORS if "csv" in name or (name.endswith(":export") and DOORS[name][0] == "GET")]


@dataclass(frozen=True)
class Answer:
    """``opens``: the code of ``doors``. ``kept``: what browsers and proxies may do with it. ``cells``: of a table."""

    opens: str
    kept: str
    misset: list[str]
    mistimed: list[str]
    hovering: int
    cells: list[str] | None


Answers = dict[str, Answer]


@dataclass
class House:
    """The world, a browser for each person, and what they were answered so far."""

    world: World
    known: dict[str, Answers]

    @cached_property
    def browsers(self) -> dict[str, Client]:
        return {"nobody": as_(None)} | {name: as_(who) for name, who in self.world.cast.everyone().items()}

    def answers(self, door: str) -> Answers:
        if door not in self.known:
            method, target, _ = DOORS[door]
            url = reverse(door, args=self.world.arguments(target))
            self.known[door] = {who: self.answer(who, method, url) for who in EVERYBODY}
        return self.known[door]

    def answer(self, who: str, method: str, url: str) -> Answer:
        browser = copy(self.browsers[who])
        browser.cookies = copy(browser.cookies)
        with transaction.atomic():
            response = browser.post(url) if method == "POST" else browser.get(url)
            transaction.set_rollback(True)
        page = not response.streaming and response.get("Content-Type", "").startswith("text/html")
        html = response.content.decode() if page else ""
        read = html if who != "nobody" and response.status_code == 200 else ""
        return Answer(
            code(response, f"{method} {url} for {who}"),
            response["Cache-Control"],
            apart(response.content) if page else [],
            looks.mistimed(read),
            len(looks.hovering(read)),
            looks.cells(response),
        )


def code(response: Any, asked: str) -> str:
    if response.status_code == 302 and response["Location"].startswith(f"{reverse('sign-in')}?next="):
        return ">"
    assert response.status_code != 405, f"{asked}: the method is not answered"
    assert response.status_code < 500, f"{asked}: broke"
    return {403: "3", 404: "4"}.get(response.status_code, "+")


@pytest.fixture(scope="module")
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """As pytest-django's, but one transaction for all tests of this file."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def house(db: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    marks = tmp_path_factory.mktemp("marks") / "trail-marks.jsonl"
    with override_settings(TRAIL_MARKS=marks, OAUTH={"gmail": {"client_id": "portal"}}):
        looks.use_an_agent_named_as_a_formula(cast := make_cast())
        world = make_world(cast)
        looks.named_as_formulas()
        looks.far_away()
        yield House(world, {})


def named_urls() -> list[str]:
    def walk(resolver: Any, prefix: str = "") -> Iterator[str]:
        for entry in resolver.url_patterns:
            if hasattr(entry, "url_patterns"):
                yield from walk(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)
            else:
                yield f"{prefix}{entry.name}"

    return list(walk(get_resolver()))


def test_every_url_has_a_row_and_every_row_a_url():
    assert sorted(named_urls()) == sorted(DOORS)
    assert len(named_urls()) == len(list(patterns()))


@pytest.mark.parametrize("door", DOORS)
def test_it_opens_to_whom_it_should_and_to_nobody_else(door: str, house: House):
    found = {who: answer.opens for who, answer in house.answers(door).items()}
    assert found == dict(zip(EVERYBODY, DOORS[door][2].split(), strict=True)), door


@pytest.mark.parametrize("door", DOORS)
def test_no_answer_is_stored_by_a_browser_or_a_proxy(door: str, house: House):
    """What a person was shown is theirs, and Back asks again."""
    kept = {who: answer.kept for who, answer in house.answers(door).items()}
    assert {who: how for who, how in kept.items() if how != "private, no-store"} == {}, door


@pytest.mark.parametrize("door", DOORS)
def test_no_sign_of_a_page_stands_apart_from_its_word(door: str, house: House):
    """Where a template is laid out anew, a space may come before a comma."""
    assert {who: one.misset for who, one in house.answers(door).items() if one.misset} == {}, door


@pytest.mark.parametrize("door", DOORS)
def test_no_page_shows_a_time_that_nobody_formatted_and_each_names_the_readers_zone(door: str, house: House):
    answers = house.answers(door)
    assert {who: one.mistimed for who, one in answers.items() if one.mistimed} == {}, door
    if door in {"queue:list", "queue:detail", "grants:detail", "audit:list"}:
        assert any(one.hovering for one in answers.values()), "it shows times, and each was looked at"


@pytest.mark.parametrize("door", DOORS)
def test_no_table_lets_a_formula_out(door: str, house: House):
    """Whatever is named so in the house."""
    tables = [one.cells for one in house.answers(door).values() if one.cells is not None]
    assert [cell for cells in tables for cell in cells if cell != harmless(cell)] == []
    if door in TABLES:
        assert tables
    if door == "audit:export":
        assert any(cell.startswith("'=") for cells in tables for cell in cells)


@pytest.mark.parametrize("door", [door for door, (_, target, _) in DOORS.items() if target in PRIVATE])
def test_what_is_not_there_looks_like_what_may_not_be_seen(door: str, house: House):
    assert house.answer("ada", DOORS[door][0], reverse(door, args=[999_999_999])).opens == "4", door


@pytest.mark.parametrize("missing", ["/nothing/here/", "/?q=%00"])
def test_no_error_is_stored_either(missing: str, house: House):
    assert house.answer("mia", "GET", missing).kept == "private, no-store"


def test_static_files_are_kept_by_browsers(house: House):
    assert "no-store" not in house.answer("mia", "GET", static("portal/portal.js")).kept
