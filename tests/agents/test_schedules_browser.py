"""A schedule made in a real browser: its times follow what is typed, and one click switches it on."""

import pytest
from django.urls import reverse

from agents.schedules.models import Schedule
from tests import builders
from tests.browser import Visitor
from tests.cast import PASSWORD, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_it_is_made_in_words_and_switched_on(live_server, cast: Cast, browser):
    agent, _ = builders.triage(cast)
    mia = Visitor(browser, live_server.url, timezone_id="Europe/Berlin")
    mia.sign_in(cast.mia.email, PASSWORD)
    mia.page.goto(reverse("schedules:new", args=[agent.pk]))
    mia.page.locator("#id_instruction").fill("List the messages in the inbox")
    mia.page.locator("#needs input[name=made_for]").wait_for(state="attached")
    mia.page.locator("#id_when").fill("every weekday at 06:00 and 18:00")
    mia.sees("Every weekday at 06:00 and 18:00")
    mia.press("Make this schedule")
    mia.page.wait_for_load_state()
    if mia.page.get_by_text("Check what it may use").count():
        mia.press("Make this schedule")
    mia.sees("Inbox triage, every weekday at 06:00 and 18:00")
    mia.follow("Switch it on…")
    mia.sees("A month at that rate")
    mia.press("Switch it on")
    mia.sees("It is on.")
    schedule = Schedule.objects.get()
    assert (schedule.state, schedule.line, schedule.zone) == ("on", "0 6,18 * * 1-5", "Europe/Berlin")
    assert mia.page.locator("aside ol time").count() == 5
    assert mia.wrong == []
