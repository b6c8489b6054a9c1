"""A device is told, in a real browser: allowed on the page, pushed by the portal, shown by the service worker."""

import json
from typing import Any

import pytest
from django.urls import reverse

from portal.push.channel import PUSH
from portal.push.models import Device
from tests.browser import Visitor
from tests.cast import PASSWORD
from tests.portal.push_service import Browser, _push_service, push_service, shown

__all__ = ["_push_service", "push_service"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# No browser of a test reaches its maker's push service, so that service is ours. All else is the browser's own.
SUBSCRIBE = """
    const plain = (text) => atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    const bytes = (text) => Uint8Array.from(plain(text), (sign) => sign.charCodeAt(0)).buffer;
    const given = %s;
    let own = null;
    PushManager.prototype.subscribe = async function (options) {
        if (!options.userVisibleOnly || options.applicationServerKey.length !== 65) throw new Error("refused");
        own = {endpoint: given.endpoint, getKey: (name) => bytes(given[name]), unsubscribe: async () => null};
        return own;
    };
    PushManager.prototype.getSubscription = async () => own;
"""

OPENED = """async () => {
        self.clients.openWindow = async (link) => { self.opened.push(link); };
        self.opened = [];
        for (const notification of await self.registration.getNotifications()) {
            await new Promise((done) => {
                const event = new NotificationEvent("notificationclick", {notification});
                event.waitUntil = (promise) => promise.then(done);
                self.dispatchEvent(event);
            });
        }
        return self.opened;
    }"""


MOVED = """async (given) => {
        const plain = (text) => atob(text.replace(/-/g, "+").replace(/_/g, "/"));
        const bytes = (text) => Uint8Array.from(plain(text), (sign) => sign.charCodeAt(0));
        const event = new Event("pushsubscriptionchange");
        event.oldSubscription = {endpoint: given.former, options: {}};
        event.newSubscription = {endpoint: given.endpoint, getKey: (name) => bytes(given[name]).buffer};
        await new Promise((done, failed) => {
            event.waitUntil = (promise) => promise.then(done, failed);
            self.dispatchEvent(event);
        });
    }"""


def deliver(visitor: Visitor, body: str) -> None:
    """As the browser's maker does: wake the service worker with what was decrypted."""
    session = visitor.page.context.new_cdp_session(visitor.page)
    found: list[dict[str, Any]] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda said: found.extend(said["registrations"]))
    session.send("ServiceWorker.enable")
    visitor.page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    (registration,) = {one["registrationId"] for one in found if not one["isDeleted"]}
    session.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": visitor.address, "registrationId": registration, "data": body},
    )


def notifications(visitor: Visitor) -> list[dict[str, Any]]:
    return visitor.page.evaluate(  # type: ignore[no-any-return]
        """async () => (await (await navigator.serviceWorker.ready).getNotifications()).map(
            ({title, body, tag, data}) => ({title, body, tag, link: data.link}))"""
    )


def clicked(visitor: Visitor) -> list[str]:
    """Which pages open when all notices are clicked."""
    (worker,) = visitor.page.context.service_workers
    return worker.evaluate(OPENED)  # type: ignore[no-any-return]


@pytest.fixture
def visitor(live_server: Any, cast: Any, browser: Any, push_service: Any, settings: Any) -> Visitor:
    settings.ADDRESS = live_server.url
    own = Browser()
    given = {"endpoint": push_service.endpoint("mia"), "p256dh": own.p256dh, "auth": own.auth}
    mia = Visitor(browser, live_server.url)
    mia.own = own  # type: ignore[attr-defined]
    mia.page.context.add_init_script(SUBSCRIBE % json.dumps(given))
    mia.sign_in(cast.mia.email, PASSWORD)
    return mia


def test_from_the_button_to_the_notice_on_the_screen(visitor, cast, push_service, settings):
    visitor.page.context.grant_permissions(["notifications"], origin=visitor.address)
    visitor.page.goto(reverse("push:devices"))
    visitor.press("Tell me on this device")
    visitor.sees("You are told on this device from now on.")
    assert Device.objects.get().person == cast.mia
    assert "Linux" in Device.objects.get().name
    PUSH.send(cast.mia, [shown(7), shown(8, "A task ended.")])
    (told,) = push_service.read(visitor.own, "mia")
    told["notices"][0]["link"] = f"{visitor.address}/people/profile/"
    told["notices"][1]["link"] = "https://elsewhere.example/x"  # nobody but the portal could say so
    deliver(visitor, json.dumps(told))
    visitor.page.wait_for_function(
        "async () => (await (await navigator.serviceWorker.ready).getNotifications()).length === 2"
    )
    deliver(visitor, json.dumps(told))  # a service may send it twice
    on_screen = sorted(notifications(visitor), key=lambda one: one["tag"])
    assert [(one["title"], one["body"], one["tag"]) for one in on_screen] == [
        ("Agent Portal", "A question waits for you.", "notice-7"),
        ("Agent Portal", "A task ended.", "notice-8"),
    ]
    assert sorted(clicked(visitor)) == [f"{visitor.address}/", f"{visitor.address}/people/profile/"]
    visitor.press("Stop")
    visitor.sees("You are not told on Chrome on Linux any more.")
    assert not Device.objects.exists()
    assert visitor.wrong == []


def test_a_browser_that_may_not_show_notices_says_so(visitor, cast):
    visitor.page.goto(reverse("push:devices"))
    visitor.press("Tell me on this device")
    visitor.sees("Your browser does not let this site show notices.")
    assert not Device.objects.exists()
    assert visitor.wrong == []


def test_a_push_that_holds_nothing_shows_something_all_the_same(visitor, cast, push_service):
    visitor.page.context.grant_permissions(["notifications"], origin=visitor.address)
    visitor.page.goto(reverse("push:devices"))
    visitor.press("Tell me on this device")
    visitor.sees("You are told on this device from now on.")
    for body in ("", "no json", '{"notices": []}', "null"):
        deliver(visitor, body)
    visitor.page.wait_for_function(
        "async () => (await (await navigator.serviceWorker.ready).getNotifications()).length === 1"
    )
    assert [one["body"] for one in notifications(visitor)] == ["There is news for you."]
    assert visitor.wrong == []


def test_a_browser_that_is_reached_elsewhere_from_now_on_says_so_by_itself(visitor, cast, push_service):
    visitor.page.context.grant_permissions(["notifications"], origin=visitor.address)
    visitor.page.goto(reverse("push:devices"))
    visitor.press("Tell me on this device")
    visitor.sees("You are told on this device from now on.")
    visitor.page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    new = Browser()
    given = {"endpoint": push_service.endpoint("new"), "p256dh": new.p256dh, "auth": new.auth}
    (worker,) = visitor.page.context.service_workers
    worker.evaluate(MOVED, {**given, "former": push_service.endpoint("mia")})
    assert Device.objects.count() == 1
    PUSH.send(cast.mia, [shown(9)])
    assert len(push_service.read(new, "new")) == 1
    assert push_service.read(visitor.own, "mia") == []
    assert visitor.wrong == []
