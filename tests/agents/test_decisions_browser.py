"""Decisions in a real browser: untouched across zones, Back after the answer, a second tab, a session that ended."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agents.grants.actions import request
from agents.grants.models import Grant
from agents.grants.terms import Terms
from agents.queue.models import Task
from agents.registry import actions as registry
from portal.accounts import actions as people
from portal.days import end_of
from portal.people.models import Person
from tests import builders
from tests.browser import Visitor
from tests.cast import PASSWORD, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MIAS, ADAS = "Pacific/Auckland", "Pacific/Honolulu"


@pytest.fixture
def asked(cast: Cast):
    agent, chat = builders.agent(cast.mia, cast.support), builders.chat(cast.ada, cast.support)
    with timezone.override(MIAS):
        ends_at = end_of(timezone.localdate() + timedelta(days=90))
    hours = Terms(hours=(22, 6), zone=MIAS)
    return request(
        cast.mia, agent=agent, connection=chat, wanted={"chat.post": hours}, ends_at=ends_at, why="to tell"
    )


def test_an_untouched_decision_is_taken_in_another_zone_and_back_shows_it_decided(
    live_server, cast, browser, asked
):
    ada = Visitor(browser, live_server.url, timezone_id=ADAS)
    ada.sign_in(cast.ada.email, PASSWORD)
    assert Person.objects.get(pk=cast.ada.pk).time_zone == ADAS
    ada.page.goto(asked.get_absolute_url())
    ada.sees("Grant this one capability until")
    ada.page.locator("#yes").click()
    ada.page.wait_for_url("**/grants/")
    grant = Grant.objects.get()
    assert (grant.state, grant.hours, grant.hours_zone) == ("active", (22, 6), MIAS)
    with timezone.override(MIAS):
        assert grant.ends_at == end_of(timezone.localdate() + timedelta(days=90))
    ada.page.go_back()
    ada.sees("Requested")
    assert ada.page.locator("#yes").count() == 0
    assert ada.wrong == []


def test_an_older_tab_of_a_decision_hears_of_another_purpose(live_server, cast, browser, asked):
    ada = Visitor(browser, live_server.url)
    ada.sign_in(cast.ada.email, PASSWORD)
    ada.page.goto(asked.get_absolute_url())
    registry.edit(cast.mia, asked.agent, purpose="Answers customers")
    ada.page.locator("#yes").click()
    ada.sees("→ “Answers customers”")
    assert Grant.objects.get().state == "requested"
    ada.page.locator("#yes").click()
    ada.page.wait_for_url("**/grants/")
    assert Grant.objects.get().state == "active"


def test_a_long_instruction_outlives_the_session(live_server, cast, browser):
    agent, _ = builders.triage(cast)
    long = "\n".join(f"{n}. Sort what came in on day {n}, and say why." for n in range(300))
    mia = Visitor(browser, live_server.url)
    mia.sign_in(cast.mia.email, PASSWORD)
    mia.page.goto(reverse("queue:new", args=[agent.pk]))
    people.end_sessions(cast.mia, cast.mia)
    mia.page.get_by_label("What should it do?").fill(long)
    mia.press("Queue this task")
    mia.page.wait_for_url("**/sign-in/**")
    assert "Sort" not in mia.page.url
    mia.page.get_by_label("E-mail").fill(cast.mia.email)
    mia.page.get_by_label("Password").fill(PASSWORD)
    mia.press("Sign in")
    mia.sees("This is what you typed")
    assert mia.page.get_by_label("What should it do?").input_value() == long
    mia.page.get_by_role("button", name="Queue this task").first.click()
    mia.page.wait_for_url("**/tasks/*/")
    assert Task.objects.get().instruction.replace("\r\n", "\n") == long
