"""My usage in a real browser: on a phone, by keyboard, in print; the table behind the chart is always there."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from metering.signals.models import Signal
from tests.browser import Visitor, browsing
from tests.cast import PASSWORD
from tests.metering.builders import used
from tests.metering.test_my_usage import MINE, today

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"}


@pytest.fixture
def mia(cast, live_server):
    """Mia used two agents with long names on some days, and has a hint."""
    for number in range(6):
        day = today() - timedelta(days=3 * number)
        name = f"An agent with quite a long name, number {number % 2}"
        used(cast.mia, cast.support, on=day, agent_id=number % 2 + 1, agent_name=name, input_tokens=3_000_000)
    used(
        cast.mia, cast.support, model="a-provider:with-a-model-whose-name-never-ends-and-has-no-spaces-at-all"
    )
    facts = {"agent_id": 1, "agent_name": "Digest", "since": today(), "found_at": timezone.now()}
    Signal.objects.create(person=cast.mia, kind="loop", **facts)
    with browsing() as browser:
        visitor = Visitor(browser, live_server.url, **PHONE)
        visitor.sign_in(cast.mia.email, PASSWORD)
        visitor.page.goto(MINE)
        yield visitor
        assert visitor.wrong == []


def test_on_a_phone_nothing_overflows_and_the_table_opens_by_keyboard(mia):
    table = mia.page.locator("#by-day table")
    assert not table.is_visible()
    mia.page.locator("#by-day > summary").focus()
    mia.page.keyboard.press("Enter")
    assert table.is_visible()
    assert mia.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert mia.page.get_by_role("img", name="Cost by day; the table below has every figure").is_visible()
    table.get_by_role("link", name="Not mine").first.click()
    assert mia.heading() == "Report usage that was not yours"


def test_in_print_the_table_is_open_and_the_buttons_are_gone(mia):
    mia.page.emulate_media(media="print")
    mia.page.set_viewport_size({"width": 780, "height": 1100})
    assert mia.page.locator("#by-day table").bounding_box()["height"] > 100
    assert mia.page.locator("svg.chart").bounding_box()["height"] > 100
    assert not mia.page.get_by_role("button", name="This was useful").is_visible()


def test_a_hint_that_was_wrong_is_answered_with_one_click(mia):
    mia.press("This was useful")
    mia.sees("You will not see this kind of hint for this agent again")
    assert mia.page.url.endswith(reverse("usage:mine"))
    assert mia.page.get_by_role("button", name="This was useful").count() == 0
