"""Devices are told what happened, encrypted; whatever their push service answers, nothing is lost or kept too long."""

import time
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import pytest

from portal.audit.models import Entry
from portal.notices.channels import Away, Refused
from portal.push import channel
from portal.push.channel import PUSH
from portal.push.models import Device, PushKey
from tests.cast import Cast
from tests.portal.push_service import PushService, _push_service, allow, push_service, shown

__all__ = ["_push_service", "push_service"]
pytestmark = pytest.mark.django_db


def test_only_the_browser_reads_what_it_is_told(cast: Cast, push_service: PushService):
    browser = allow(cast.mia, push_service)
    PUSH.send(cast.mia, [shown(7, urgent=True)])
    (told,) = push_service.read(browser, "a")
    assert told["title"] == "Agent Portal"
    (notice,) = told["notices"]
    assert notice["tag"] == "notice-7"
    assert (notice["text"], notice["link"]) == ("A question waits for you.", "http://localhost/notices/7/")
    (pushed,) = push_service.pushed
    assert pushed.claims["aud"] == f"https://localhost:{push_service.port}"
    assert 0 < pushed.claims["exp"] - time.time() <= 24 * 3600
    assert pushed.headers["authorization"].endswith(f"k={PushKey.objects.get().public}")
    assert pushed.headers["content-encoding"] == "aes128gcm"
    assert (pushed.headers["ttl"], pushed.headers["urgency"]) == ("86400", "high")
    assert b"question" not in pushed.body
    assert Device.objects.get().sent_at is not None


def test_a_second_try_takes_the_place_of_the_first(cast: Cast, push_service: PushService):
    browser = allow(cast.mia, push_service)
    for told in ([shown(1)], [shown(1)], [shown(1), shown(2)]):
        PUSH.send(cast.mia, told)
    topics = [one.headers["topic"] for one in push_service.pushed]
    assert topics[0] == topics[1] != topics[2]
    assert all(len(topic) == 32 for topic in topics)
    assert [one["tag"] for one in push_service.read(browser, "a")[2]["notices"]] == ["notice-1", "notice-2"]


def test_many_are_one_and_long_texts_fit(cast: Cast, push_service: PushService):
    browser = allow(cast.mia, push_service)
    PUSH.send(cast.mia, [shown(number, "ß" * 5000) for number in range(3)])
    PUSH.send(cast.mia, [shown(number) for number in range(9)])
    long, many = push_service.read(browser, "a")
    assert [len(one["text"]) for one in long["notices"]] == [300] * 3
    assert [one["text"] for one in many["notices"]] == ["9 notices for you."]
    assert all(len(one.body) <= 4096 for one in push_service.pushed)


@pytest.mark.parametrize(
    ("said", "kind", "wait"),
    [
        ((429, {"Retry-After": "120"}), Away, 120),
        ((503, {"Retry-After": format_datetime(datetime(2999, 1, 1, tzinfo=UTC), usegmt=True)}), Away, None),
        ((500, {}), Away, None),
        ((502, {"Retry-After": "soon"}), Away, None),
        ((400, {}), Refused, None),
        ((401, {}), Refused, None),
        ((403, {}), Refused, None),
        ((413, {}), Refused, None),
        ((307, {"Location": "https://localhost/elsewhere"}), Refused, None),
        (None, Away, None),
    ],
)
def test_what_a_service_may_answer(cast: Cast, push_service: PushService, said: Any, kind: Any, wait: Any):
    browser = allow(cast.mia, push_service)
    push_service.answers = [said]
    with pytest.raises(kind) as caught:
        PUSH.send(cast.mia, [shown(1)])
    if wait:
        assert caught.value.retry_after == wait
    assert Device.objects.count() == 1
    PUSH.send(cast.mia, [shown(1)])
    assert len(push_service.read(browser, "a")) == 1


def test_a_date_and_a_number_of_seconds():
    assert channel.retry_after("30") == 30
    soon = format_datetime(datetime.fromtimestamp(time.time() + 100, UTC), usegmt=True)
    assert 90 < (channel.retry_after(soon) or 0) <= 100
    assert channel.retry_after(format_datetime(datetime(2001, 1, 1, tzinfo=UTC), usegmt=True)) == 0
    assert [channel.retry_after(text) for text in ("", "soon", "-1")] == [None] * 3


def test_a_service_that_says_nothing_is_left_in_time(
    cast: Cast, push_service: PushService, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(channel, "SECONDS", 0.4)
    allow(cast.mia, push_service)
    push_service.answers = [3.0]
    begun = time.monotonic()
    with pytest.raises(Away):
        PUSH.send(cast.mia, [shown(1)])
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_taken_out_and_the_others_are_told(
    cast: Cast, push_service: PushService, status: int
):
    allow(cast.mia, push_service, "a")
    browser = allow(cast.mia, push_service, "b")
    push_service.answers = [(status, {})]
    PUSH.send(cast.mia, [shown(1)])
    assert [device.name for device in Device.objects.all()] == ["b"]
    assert len(push_service.read(browser, "b")) == 1
    entry = Entry.objects.get(event="device.gone")
    assert (entry.target_id, entry.details) == (cast.mia.pk, {"device": "a"})
    push_service.answers = [(status, {})]
    with pytest.raises(Refused):
        PUSH.send(cast.mia, [shown(2)])
    assert not PUSH.may(cast.mia)


def test_one_device_that_took_it_is_enough(cast: Cast, push_service: PushService):
    allow(cast.mia, push_service, "a")
    browser = allow(cast.mia, push_service, "b")
    push_service.answers = [(500, {})]
    PUSH.send(cast.mia, [shown(1)])
    assert len(push_service.read(browser, "b")) == 1
    push_service.answers = [(503, {"Retry-After": "9"}), (400, {})]
    with pytest.raises(Away) as caught:
        PUSH.send(cast.mia, [shown(2)])
    assert caught.value.retry_after == 9
