"""In a real browser: make a schedule in words, switch it on, clear its pack, read the morning."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agents.schedules.models import Schedule
from tests import builders
from tests.browser import Visitor
from tests.cast import PASSWORD, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_it_is_made_in_words_and_switched_on(live_server, cast: Cast, browser):
    agent, _ = builders.triage(cast)
    to = builders.Terms(limits={"to": {"only": [cast.lea.email]}})
    builders.grant(agent, builders.chat(cast.ada, cast.support), "chat.post", by=cast.ada, terms=to)
    mia = Visitor(browser, live_server.url, timezone_id="Europe/Berlin")
    mia.sign_in(cast.mia.email, PASSWORD)
    mia.page.goto(reverse("schedules:new", args=[agent.pk]))
    mia.page.locator("#id_instruction").fill(
        f"List the messages in the inbox, then post a summary to {cast.lea.email} in the chat"
    )
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
    # Its pack comes at once. In the hour before a morning's end tonight is over, so it is due a moment from now.
    Schedule.objects.update(next_at=timezone.now() + timedelta(minutes=1))
    mia.page.goto(reverse("nights:tonight"))
    mia.sees(f"Post in the chat to {cast.lea.email}")
    mia.page.locator("input[name=clear]").check()
    mia.press("Clear what is ticked")
    mia.sees("1 ask cleared until")
    mia.press("Take back")
    mia.sees("It asks again")
    mia.follow("Last night")
    mia.sees("A quiet night")
    mia.page.goto(schedule.get_absolute_url())
    assert mia.page.locator("aside ol time").count() == 5
    assert mia.wrong == []
