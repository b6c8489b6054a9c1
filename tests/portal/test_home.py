"""The start page: parts that the apps bring, different for each role, calm when nothing waits."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from django.db.models.functions import Now
from django.http import HttpRequest

from portal import plugins
from portal.accounts import actions
from portal.home.parts import parts
from portal.home.views import greeting
from portal.notices.models import Notice
from portal.notices.telling import tell
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


def test_title_menu_and_start_page_say_one_number(cast: Cast):
    for key in "abc":
        tell([cast.mia], "sign_in.slowed", cast.mia, "/", key=key, failures=5)
    page = as_(cast.mia).get("/").text
    assert "<title>(3) Home" in page
    assert 'data-needs="3"' in page
    assert "3 things are new or wait for you." in page
    Notice.objects.update(read_at=Now())
    assert "new or wait" not in as_(cast.mia).get("/").text


def test_what_is_open_and_was_read_is_no_news(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    bring(monkeypatch, waiting, parts)
    assert "Nothing new. What is still open is below." in as_(cast.mia).get("/").text


def test_the_live_part_brings_the_count_along(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    bring(monkeypatch, waiting)
    tell([cast.mia], "sign_in.slowed", cast.mia, "/", failures=5)
    part = as_(cast.mia).get("/", headers={"HX-Request": "true", "HX-Target": "parts"}).text
    assert "<html" not in part
    assert part.lstrip().startswith('<div class="cols" id="parts"')
    assert re.search(r'hx-swap-oob="true">\s*One thing is new or waits for you\.', part)


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
