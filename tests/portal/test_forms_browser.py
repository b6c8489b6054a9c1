"""Forms in a real browser: a double click on a slow line, a session that ended while somebody typed, two tabs."""

import time

import pytest
from django.urls import reverse

from agents.queue.models import Task
from portal.accounts import actions as people
from portal.audit.models import Entry
from portal.teams.models import Team
from tests import builders
from tests.browser import Visitor
from tests.cast import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_double_click_on_a_slow_line_does_it_once_and_shows_the_result(
    live_server, cast, browser, monkeypatch
):
    slow = Team.save

    def save(team, *args, **kwargs):
        time.sleep(1)
        slow(team, *args, **kwargs)

    ada = Visitor(browser, live_server.url)
    ada.sign_in(cast.ada.email, PASSWORD)
    ada.page.goto(reverse("teams:new"))
    ada.page.get_by_label("Name").fill("Night shift")
    monkeypatch.setattr(Team, "save", save)
    ada.page.locator("main button.go").dblclick()
    ada.page.wait_for_url("**/teams/*/", wait_until="load")
    ada.sees("Night shift is created")
    assert Entry.objects.filter(event="team.created", target_name="Night shift").count() == 1
    assert ada.wrong == []


def test_what_was_typed_survives_the_end_of_the_session(live_server, cast, browser):
    """The plan of what was typed is refused as well: the page does not reload, and the button leads there and back."""
    agent, _ = builders.triage(cast)
    mia = Visitor(browser, live_server.url)
    mia.sign_in(cast.mia.email, PASSWORD)
    mia.page.goto(reverse("queue:new", args=[agent.pk]))
    people.end_sessions(cast.mia, cast.mia)
    mia.page.get_by_label("What should it do?").press_sequentially("Sort the inbox")
    mia.sees("You are signed out.")
    mia.press("Queue this task")
    mia.page.wait_for_url("**/sign-in/**")
    mia.sees("the form is kept")
    mia.page.get_by_label("E-mail").fill(cast.mia.email)
    mia.page.get_by_label("Password").fill(PASSWORD)
    mia.press("Sign in")
    mia.sees("This is what you typed")
    assert mia.page.get_by_label("What should it do?").input_value() == "Sort the inbox"
    assert not Task.objects.exists()
    mia.sees("Check what it may use for this task")
    mia.press("Queue this task")
    mia.page.wait_for_url("**/tasks/*/")
    assert Task.objects.get().instruction == "Sort the inbox"


def test_the_older_of_two_tabs_hears_what_changed(live_server, cast, browser):
    ada = Visitor(browser, live_server.url)
    ada.sign_in(cast.ada.email, PASSWORD)
    new = people.invite(cast.ada, email="new.one@example.com", display_name="New One")
    url = reverse("people:edit", args=[new.pk])
    older, newer = ada.page, ada.page.context.new_page()
    older.goto(url)
    newer.goto(url)
    newer.get_by_label("E-mail").fill("mia@example.com")
    newer.get_by_role("button", name="Save").click()
    newer.wait_for_url(f"**{new.get_absolute_url()}")
    older.get_by_label("Name").fill("Mia Berg")
    older.get_by_role("button", name="Save").click()
    ada.sees("changed this while you had it open")
    assert older.get_by_label("E-mail").input_value() == "mia@example.com"
    assert older.get_by_label("Name").input_value() == "Mia Berg"
    older.get_by_role("button", name="Save").click()
    older.wait_for_url(f"**{new.get_absolute_url()}")
    ada.sees("Mia Berg")
