"""From what happened to the mailbox and the device: all once, in order, however long the server was away."""

import email
import re
from datetime import timedelta
from email.policy import default
from typing import Any

import pytest
from django.utils import timezone

from portal.env_outgoing import NONE, Smtp
from portal.mailing.channel import MAIL
from portal.notices import channels, delivering
from portal.notices.models import Delivery, Outage
from portal.notices.telling import settle, tell
from portal.push import actions
from portal.push.channel import PUSH
from tests.cast import Cast
from tests.portal.machine import free_port
from tests.portal.post_office import Controller, Post
from tests.portal.push_service import Browser, _push_service, push_service
from tests.portal.told_by_mail import known

__all__ = ["_push_service", "known", "push_service"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ways(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "_known", {"mail": MAIL, "push": PUSH})


def due() -> None:
    """The next try, which the clock would wait for."""
    now = timezone.now() - timedelta(seconds=1)
    Outage.objects.update(until=now)
    Delivery.objects.filter(sent_at=None, dropped_at=None).update(due_at=now)


def links(post: Post, address: str) -> list[int]:
    """The notices in this person's mails, in the order in which they came."""
    found = []
    for letter in post.letters:
        if letter.rcpt_tos == [address]:
            body = email.message_from_bytes(letter.content or b"", policy=default).get_body(("plain",))  # type: ignore[attr-defined]
            found += [int(number) for number in re.findall(r"/notices/(\d+)/\s", body.get_content())]
    return found


def test_a_mail_server_that_is_away_loses_nothing(cast: Cast, settings: Any, push_service: Any):
    port = free_port()
    settings.SMTP = Smtp("localhost", port, NONE, "Agent Portal <portal@example.com>", "portal@example.com")
    for number in range(40):
        tell([cast.mia, cast.lea], "t.ask", cast.support, "/", key=str(number))
    for _ in range(3):
        assert delivering.deliver() == 0
        due()
    assert Outage.objects.get().tries == 3
    settle(cast.support, "t.ask", people=[cast.lea])
    tell([cast.lea], "t.end", cast.support, "/")
    post = Post()
    post.controller = Controller(post, hostname="127.0.0.1", port=port)
    post.controller.start()
    try:
        post.answers = ["451 not yet", "250 OK", None]
        for _ in range(4):
            delivering.deliver()
            due()
        mias = list(cast.mia.notices.order_by("id").values_list("id", flat=True))
        (leas,) = cast.lea.notices.filter(settled_at=None).values_list("id", flat=True)
        came = links(post, cast.mia.email)
        assert list(dict.fromkeys(came)) == mias
        assert set(links(post, cast.lea.email)) == {leas}
        assert not Outage.objects.exists()
        assert not Delivery.objects.filter(channel="mail", sent_at=None, dropped_at=None).exists()
    finally:
        post.controller.stop()


def test_a_device_and_a_mailbox_are_told_apart(cast: Cast, settings: Any, push_service: Any):
    settings.ADDRESS, browser = "https://portal.example", Browser()
    place = push_service.endpoint("mia")
    actions.allow(cast.mia, browser="x", endpoint=place, p256dh=browser.p256dh, auth=browser.auth)
    push_service.answers = [(503, {"Retry-After": "60"})]
    for key in "ab":
        tell([cast.mia], "t.ask", cast.support, "/", key=key)
    assert delivering.deliver() == 0
    assert delivering.deliver() == 0
    due()
    assert delivering.deliver() == 2
    (told,) = push_service.read(browser, "mia")
    numbers = list(cast.mia.notices.order_by("id").values_list("id", flat=True))
    assert [one["link"] for one in told["notices"]] == [
        f"https://portal.example/notices/{n}/" for n in numbers
    ]
    assert not Delivery.objects.filter(channel="push", sent_at=None, dropped_at=None).exists()
