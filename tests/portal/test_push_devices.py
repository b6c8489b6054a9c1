"""Which browsers are told: those that a person allowed, at services that are listed, with keys that are sealed."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from portal.accounts import actions as people
from portal.audit.models import Entry
from portal.keys.rotation import counted, rotate
from portal.notices.channels import Away, Refused
from portal.push import actions, keys, services
from portal.push.channel import PUSH
from portal.push.models import Device, PushKey
from portal.push.naming import named
from tests.cast import Cast, as_
from tests.portal.push_service import Browser, PushService, _push_service, allow, push_service, shown

__all__ = ["_push_service", "push_service"]
pytestmark = pytest.mark.django_db


def test_a_browser_tells_one_person(cast: Cast, push_service: PushService):
    allow(cast.mia, push_service)
    browser = allow(cast.lea, push_service)
    assert (PUSH.may(cast.mia), PUSH.may(cast.lea)) == (False, True)
    PUSH.send(cast.lea, [shown(1)])
    assert len(push_service.read(browser, "a")) == 1


def test_who_signs_out_everywhere_or_leaves_is_told_nowhere(cast: Cast, push_service: PushService):
    for person in (cast.mia, cast.olga):
        allow(person, push_service, person.short_name)
        assert PUSH.may(person)
    people.end_sessions(cast.mia, cast.mia)
    people.deactivate(cast.ada, cast.olga)
    for person in (cast.mia, cast.olga):
        person.refresh_from_db()
        assert not PUSH.may(person)
        with pytest.raises(Refused):
            PUSH.send(person, [shown(1)])
    assert push_service.pushed == []


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.com/a", "https://push.example.com.evil.test/a", "https://evil.test/push.example.com",
        "https://mia@push.example.com/a", "https://push.example.com@evil.test/a", "https://push.example.com:8443/a",
        "https://127.0.0.1/a", "https://localhost/a", "https://x.example.net.evil/a", "https://.example.net/",
        "https://example.net/a", "https://push.example.com/a b", "https://push.example.com\\@evil.test/", "https://[::1]/a",
        "ftp://push.example.com/a", "push.example.com", "", "https://push.example.com/" + "a" * 1000, "https://[/a",
        "https://push.example.com/\u00e4", "https://push.example.com/#a",
    ],
)  # fmt: skip
def test_only_services_that_are_listed_are_reached(settings, cast: Cast, endpoint: str):
    settings.PUSH_SERVICES = ["push.example.com", ".example.net"]
    assert services.may_name("https://push.example.com/a?b=c")
    assert services.may_name("https://PUSH.example.com:443/a")
    assert services.may_name("https://db5.x.example.net/a")
    assert not services.may_name(endpoint)
    browser = Browser()
    with pytest.raises(ValidationError, match="PORTAL_PUSH_SERVICES"):
        actions.allow(cast.mia, browser="x", endpoint=endpoint, p256dh=browser.p256dh, auth=browser.auth)


def test_a_listed_name_that_leads_inside_is_not_reached(settings, cast: Cast, push_service: PushService):
    allow(cast.mia, push_service)
    settings.INSIDE = []
    with pytest.raises(Away):
        PUSH.send(cast.mia, [shown(1)])
    settings.INSIDE, settings.PUSH_SERVICES = ["127.0.0.1"], ["elsewhere.example"]
    with pytest.raises(Refused):
        PUSH.send(cast.mia, [shown(1)])
    assert push_service.pushed == []


def test_keys_that_are_none_are_refused_before_anything_is_stored(cast: Cast, push_service: PushService):
    good, place = Browser(), push_service.endpoint("a")
    for p256dh, auth in [
        ("", good.auth),
        (good.p256dh, ""),
        (good.auth, good.auth),
        (good.p256dh, good.p256dh),
        ("ä", "ä"),
    ]:
        with pytest.raises(ValidationError, match="cannot be read"):
            actions.allow(cast.mia, browser="x", endpoint=place, p256dh=p256dh, auth=auth)
    for number in range(actions.MOST):
        allow(cast.mia, push_service, str(number))
    with pytest.raises(ValidationError, match="20 devices already"):
        allow(cast.mia, push_service, "more")
    allow(cast.mia, push_service, "3")  # the same again
    assert Device.objects.count() == actions.MOST


def test_what_opens_something_is_sealed_and_follows_a_change_of_keys(
    settings, cast: Cast, push_service: PushService
):
    browser = allow(cast.mia, push_service)
    device, key = Device.objects.get(), PushKey.objects.get()
    secrets = (push_service.endpoint("a"), browser.auth, browser.p256dh)
    stored = (
        bytes(device.subscription)
        + bytes(key.secret)
        + json.dumps(list(Entry.objects.values("details"))).encode()
    )
    assert not any(secret.encode() in stored for secret in secrets)
    assert (counted().current, counted().total) == (2, 2)
    settings.ENCRYPTION_KEYS = ["another key of the same length", *settings.ENCRYPTION_KEYS]
    rotate(cast.ada)
    settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS[:1]
    assert counted().current == 2
    PUSH.send(cast.mia, [shown(1)])
    assert len(push_service.read(browser, "a")) == 1
    settings.ENCRYPTION_KEYS = ["neither of them"]
    with pytest.raises(Away) as caught:
        PUSH.send(cast.mia, [shown(2)])
    assert caught.value.why["code"] == "push.key"


def test_where_browsers_would_show_nothing_the_channel_is_not_there(settings):
    settings.PUSH_SERVICES = ["push.example.com"]
    ready = {}
    for address in ("https://portal.example", "http://portal.example", "http://localhost:8000"):
        settings.ADDRESS = address
        ready[address] = PUSH.ready()
    assert list(ready.values()) == [True, False, True]
    settings.PUSH_SERVICES = []
    assert not PUSH.ready()


def test_the_key_is_made_once(db):
    first = keys.own()
    assert keys.own().public == first.public
    assert PushKey.objects.count() == 1


KIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {KIT} Chrome/140.0 Safari/537.36", "Chrome on Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0) {KIT} Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        (f"Mozilla/5.0 (Linux; Android 10; K) {KIT} Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        (f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) {KIT} Safari/604.1", "Safari on iPhone"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {KIT} Safari/605.1.15", "Safari on Mac"),
        ("curl/8", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_browser_has_a_name_that_its_person_knows(said: str, name: str):
    assert named(said) == name


def test_only_who_knows_the_former_address_and_owns_the_device_moves_it(
    cast: Cast, push_service: PushService
):
    allow(cast.mia, push_service)
    new = Browser()
    given = {"endpoint": push_service.endpoint("new"), "p256dh": new.p256dh, "auth": new.auth}
    url, former = reverse("push:change"), push_service.endpoint("a")
    assert as_(cast.lea).post(url, {**given, "former": former}).status_code == 404
    assert as_(cast.mia).post(url, {**given, "former": former + "x"}).status_code == 404
    assert (
        as_(cast.mia).post(url, {**given, "former": former, "endpoint": "https://evil.test/"}).status_code
        == 422
    )
    assert as_(cast.mia).post(url, {**given, "former": former, "auth": "x"}).status_code == 422
    assert keys.subscription(Device.objects.get()).endpoint == former
    assert as_(cast.mia).post(url, {**given, "former": former}).status_code == 204
    assert keys.subscription(Device.objects.get()).endpoint == given["endpoint"]
    assert str(Entry.objects.latest("pk")).startswith("Mia Park")
