"""In a real browser: choose what is sent, then read and answer a question that a notice told of."""

import re
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from portal.env_outgoing import NONE, Smtp
from portal.mailing.channel import MAIL
from portal.notices import channels
from portal.notices.models import Delivery, Notice
from tests.agents.asking import asked, running
from tests.browser import Visitor
from tests.cast import PASSWORD, Cast
from tests.portal.machine import free_port

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = [{"width": 1200, "height": 800}, {"width": 360, "height": 740}]


@pytest.fixture(autouse=True)
def _mail(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SMTP = Smtp(
        "localhost", free_port(), NONE, "Agent Portal <portal@example.com>", "portal@example.com"
    )
    monkeypatch.setattr(channels, "_known", {"mail": MAIL})


@pytest.mark.parametrize("size", SIZES, ids=["wide", "phone"])
def test_choose_what_is_sent_then_answer_from_the_notice(
    live_server: Any, cast: Cast, browser: Any, size: Any
):
    mia = Visitor(browser, live_server.url, viewport=size)
    mia.sign_in(cast.mia.email, PASSWORD)
    mia.page.goto(reverse("notices:choices"))
    box = mia.page.get_by_label("A question of an agent waits for me: Mail")
    expect(box).to_be_checked()
    box.uncheck()
    mia.press("Save")
    mia.sees("Your choices are saved.")
    expect(mia.page.get_by_label("A question of an agent waits for me: Mail")).not_to_be_checked()
    assert not mia.page.evaluate("document.documentElement.scrollWidth > innerWidth")

    ask = asked(*running(cast))
    told = Notice.objects.get(kind="ask.waits")
    assert not Delivery.objects.filter(notice=told).exists(), "chosen not to be sent"
    mia.page.goto(reverse("notices:list"))
    expect(mia.page).to_have_title(re.compile(r"^\(2\) "))  # this, and that her agent got access
    mia.page.get_by_role("link", name="Inbox triage asks").first.click()
    mia.page.wait_for_url(f"**{ask.get_absolute_url()}")
    mia.page.locator("button[value=yes]").click()
    mia.sees("Allowed once.")
    ask.refresh_from_db()
    assert ask.state == "approved"
    mia.page.goto(reverse("notices:list"))
    expect(mia.page).to_have_title(re.compile(r"^\(1\) "))
    told.refresh_from_db()
    assert told.settled_at is not None
    assert mia.wrong == []
