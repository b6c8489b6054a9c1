"""The start page: parts that the apps bring, different for each role, calm when nothing waits."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from django.http import HttpRequest

from portal import plugins
from portal.accounts import actions
from portal.home.parts import parts
from portal.home.views import greeting
from portal.parts import HomePart
from portal.people.models import Person
from portal.plugins import Plugin
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db


def templates(person: Person) -> list[str]:
    request = HttpRequest()
    request.user = person
    return [part.template for part in parts(request)]


def waiting(request: HttpRequest) -> list[HomePart]:
    return [
        HomePart("portal/home/_teams.html", {"memberships": []}, order=1, count=2),
        HomePart("portal/home/_teams.html", {"memberships": []}, order=2, column="aside", count=1),
    ]


@pytest.mark.parametrize(
    ("hour", "words"),
    [(3, "Good evening"), (5, "Good morning"), (12, "Good afternoon"), (18, "Good evening")],
)
def test_the_greeting_follows_the_readers_clock(hour: int, words: str):
    assert greeting(datetime(2026, 3, 1, hour)) == words


def test_each_role_finds_its_own_parts(cast: Cast):
    teams = "portal/home/_teams.html"
    assert templates(cast.mia) == templates(cast.finn) == [teams]
    assert templates(cast.aud) == ["portal/home/_trail.html", teams]
    assert templates(cast.ada) == [teams], "everybody has joined"
    actions.invite(cast.ada, email="new@example.com", display_name="New One")
    assert templates(cast.ada) == ["portal/home/_invited.html", teams]


def test_the_first_admin_is_shown_how_to_begin():
    ada = actions.create_first_admin("Ada Osei", "ada@example.com", "a long enough phrase")
    page = as_(ada).get("/").text
    assert "Begin with your people" in page
    assert "/people/chart/" in page


def bring(monkeypatch: pytest.MonkeyPatch, *functions: Callable) -> None:
    """Let the start page have these parts and no others; the rest of the plug-ins stays."""
    others = [replace(plugin, home_parts=lambda request: ()) for plugin in plugins.installed()]
    monkeypatch.setattr(
        plugins, "installed", lambda: (*others, *(Plugin(home_parts=each) for each in functions))
    )


def test_nothing_waits_and_the_page_says_so(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    bring(monkeypatch, parts)
    page = as_(cast.mia).get("/").text
    assert "Nothing needs you right now." in page
    assert "Support" in page


def test_what_waits_is_counted_over_all_apps(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    bring(monkeypatch, waiting, parts)
    assert "3 things need you." in as_(cast.mia).get("/").text


def test_the_live_part_brings_the_count_along(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    bring(monkeypatch, waiting)
    part = as_(cast.mia).get("/", headers={"HX-Request": "true", "HX-Target": "parts"}).text
    assert "<html" not in part
    assert part.lstrip().startswith('<div class="cols" id="parts"')
    assert 'hx-swap-oob="true">3 things need you.' in part


def test_the_whole_page_works_for_everybody(cast: Cast):
    for person in cast.everyone().values():
        page = as_(person).get("/")
        assert page.status_code == 200
        assert person.short_name in page.text


@pytest.mark.parametrize("address", ["/people/suggestions/?team=%00", "/agents/?q=a%00b", "/agents/%00/"])
def test_a_character_that_no_page_can_use_is_said_and_breaks_nothing(cast: Cast, address: str) -> None:
    answer = as_(cast.mia).get(address)
    assert answer.status_code in (400, 404)
    assert "Traceback" not in answer.content.decode()
