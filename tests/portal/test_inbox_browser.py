"""The inbox in a real browser: what is read on one device is counted on no other, without a reload."""

import re
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from portal.notices.telling import tell
from tests.browser import Visitor
from tests.cast import PASSWORD, Cast
from tests.portal.told import told_kinds  # noqa: F401

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("told_kinds"),
]


def device(browser: Any, address: str, cast: Cast, **options: Any) -> Visitor:
    one = Visitor(browser, address, **options)
    one.page.clock.install()
    one.sign_in(cast.mia.email, PASSWORD)
    one.page.goto(reverse("people:profile"))
    return one


def titled(one: Visitor, beginning: str) -> None:
    expect(one.page).to_have_title(re.compile(f"^{beginning}"), timeout=10_000)


def test_reading_on_one_device_settles_the_count_on_the_other(
    live_server: Any, cast: Cast, browser: Any
) -> None:
    for key in ("a", "b"):
        tell([cast.mia], "t.fire", cast.support, cast.support.get_absolute_url(), key=key)
    desk = device(browser, live_server.url, cast)
    phone = device(browser, live_server.url, cast, viewport={"width": 390, "height": 800})
    assert desk.page.title().startswith("(2) ")
    assert phone.page.get_by_role("button", name="Menu").inner_text().split()[-2:] == ["2", "waiting"]
    phone.page.goto(reverse("notices:list"))
    phone.page.get_by_role("link", name="It burns.").first.press("Enter")
    phone.page.wait_for_url(f"**{cast.support.get_absolute_url()}")
    desk.page.clock.fast_forward(31_000)
    titled(desk, r"\(1\) ")
    assert desk.page.locator("#unread").inner_text().split() == ["1", "unread"]
    phone.page.goto(reverse("notices:list"))
    phone.press("Mark all as read")
    titled(phone, r"[^(]")
    desk.page.clock.fast_forward(31_000)
    titled(desk, r"[^(]")
    assert not desk.page.locator("#unread").is_visible()
    assert desk.wrong == phone.wrong == []
