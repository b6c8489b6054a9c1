"""A service is measured before and after a real deployment: worse is told with figures and commits, and taken back."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import Any

import pytest

from agents.connectors.base import CallContext, ConnectionContext, ConnectorError
from agents.connectors.deploy.connector import Deploy
from agents.connectors.deploy.tests.repositories import Shop, needs_git, pinned, python
from agents.connectors.deploy.watching import looking, restoring, settings
from agents.connectors.health import Limits
from agents.connectors.results import Awaited, Ended

pytestmark = needs_git
LOOPBACK = (ip_network("127.0.0.0/8"),)


class Health(BaseHTTPRequestHandler):
    status = 200

    def do_GET(self) -> None:
        self.send_response(Health.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def health() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Health)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def watched(shop: Shop, health: str) -> Shop:
    Health.status = 200
    shop.settings |= {"health": f"shop staging = {health}", "minutes": 5, "on_call": "ada.osei@example.com"}
    shop.deploy("v1")
    return shop


def place(shop: Shop) -> ConnectionContext:
    return replace(shop.connection, inside=LOOPBACK)


class Follow:
    """``at``: the minutes after now at which each look is made."""

    def __init__(self, shop: Shop, **told: Any) -> None:
        self.shop, self.call = shop, shop.call("watch", environment="staging", **told)
        self.now: Any = Deploy().perform(place(shop), self.call)

    def look(self, minutes: float = 0.0) -> Awaited | Ended:
        watch = looking.watch(place(self.shop), self.shop.back, self.call.arguments)
        self.now = watch.look(self.now.cursor, datetime.now(UTC) + timedelta(minutes=minutes))
        return self.now


def test_one_that_does_as_well_as_before_ends_well_and_proposes_nothing(watched: Shop):
    follow = Follow(watched, last=True)
    follow.look()  # run 1 is fresh: it is what is watched first
    assert isinstance(follow.look(6), Ended)
    assert follow.now.result.data["state"] == "well"
    assert (follow.now.proposes, follow.now.tells) == ((), ())


def test_the_next_one_is_waited_for_and_measured_against_before(watched: Shop):
    later = datetime.now(UTC) + timedelta(minutes=10)
    watch = looking.watch(
        place(watched), watched.back, watched.call("watch", environment="staging").arguments
    )
    seen: Any = watch.begin(later)
    assert seen.says == "a deployment of shop in staging"
    for _ in range(3):
        seen = watch.look(seen.cursor, later)
    watched.deploy("v2")
    Health.status = 500
    for _ in range(3):
        assert isinstance(seen, Awaited)
        seen = watch.look(seen.cursor, datetime.now(UTC))
    assert isinstance(seen, Ended)
    told = seen.result.data
    assert (told["state"], told["version"], told["before"]["version"]) == ("worse", "v2", "v1")
    assert told["worse"] == ["errors 100.0 % (before: 0.0 %)"]
    assert [one.split(" ", 1)[1] for one in told["suspects"]] == ["Show two"]
    (notice,) = seen.tells
    assert (notice.kind, notice.people) == ("deploy.worse", ("ada.osei@example.com",))
    restore, rollback = seen.proposes
    assert restore.arguments == {"service": "shop", "environment": "staging"}
    wanted = {"version": "v1", "commit": watched.repository.commits["v1"]}
    assert rollback.arguments.items() >= {**wanted, "replaces": watched.repository.commits["v2"]}.items()


def test_a_newer_one_ends_the_watch_of_the_one_before(watched: Shop):
    follow = Follow(watched)
    follow.look()
    watched.deploy("v2")
    assert isinstance(follow.look(), Ended)
    assert follow.now.result.data["state"] == "overtaken"


def test_the_health_command_of_a_pinned_file_is_a_source(watched: Shop, settings: Any):
    file = f"health = {python('import os, sys; sys.exit(os.path.exists(' + repr('/nowhere') + '))')}"
    pinned(watched, "v4", file, settings)
    watched.settings |= {"health": "", "command": True}
    watched.deploy("v4")
    sample = looking.watch(
        place(watched), watched.back, {"service": "shop", "environment": "staging"}
    )._sample()
    assert sample.errors == 0.0
    (watched.root / "releases" / "shop" / "staging" / "current" / "deploy.toml").write_text("health = ['x']")
    with pytest.raises(ConnectorError, match="not pinned"):
        looking.watch(place(watched), watched.back, {"service": "shop", "environment": "staging"})._sample()


def test_where_nothing_is_measured_it_says_so(shop: Shop):
    with pytest.raises(ConnectorError, match="An admin of the connection can name a health address"):
        shop.do("watch", environment="staging")


def restore(shop: Shop, minutes: int = 30) -> CallContext:
    return shop.call("restore", environment="staging", bounds={"minutes": minutes})


def test_it_is_taken_back_once_and_to_what_ran_before(watched: Shop):
    watched.deploy("v2")
    call = restore(watched)
    told: Any = Deploy().perform(watched.connection, call)
    assert isinstance(told, Awaited)
    assert watched.end().kind.value == "rollback"
    assert watched.file("index.html") == "One"
    again: Any = Deploy().perform(watched.connection, call)
    assert again == told == Deploy().reconcile(watched.connection, call), "the same call is the same run"
    seen: Any = Deploy().look(watched.connection, call, None)
    assert (seen.result.data["version"], seen.result.data["state"]) == ("v1", "succeeded")
    with pytest.raises(ConnectorError, match="that happens once"):
        Deploy().perform(watched.connection, restore(watched))


def test_it_is_not_taken_back_too_late_nor_to_nothing(watched: Shop):
    with pytest.raises(ConnectorError, match="nothing ran there before"):
        Deploy().perform(watched.connection, restore(watched))
    run, now = watched.deploy("v2"), datetime.now(UTC)
    assert restoring.against(run, 5, now) == ""
    assert "more than 5 minutes ago" in restoring.against(run, 5, now + timedelta(minutes=6))


@pytest.mark.parametrize(
    ("reads", "text"),
    [
        (settings.addresses, "shop = https://x"),
        (settings.addresses, "shop staging = ftp://x"),
        (settings.queries, "speed = x"),
        (settings.limits, "errors 2"),
        (settings.limits, "restarts 2 %"),
        (settings.people, "nobody"),
    ],
)
def test_what_cannot_be_read_is_said(reads, text):
    with pytest.raises(ValueError, match="“"):
        reads(text)


def test_limits_are_read_as_written():
    assert settings.limits("errors 0.5 %, restarts 2") == Limits(0.005, 0.5, 2)
