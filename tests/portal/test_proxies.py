"""What is believed about who asks: a proxy's word, and only that of a proxy that is named."""

import asyncio
import re
import urllib.error
import urllib.parse
import urllib.request
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.core.checks import run_checks
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware as TrustedProxies

from portal import env
from portal.accounts.lockout import BOTH
from portal.home.proxies import HEADERS, from_proxies_only
from tests.portal.test_up import ADMIN, Start


def seen(monkeypatch: pytest.MonkeyPatch, proxies: str, at: str, **headers: str) -> HttpRequest:
    """The request as everything behind the middleware has it."""
    monkeypatch.setenv("PORTAL_PROXIES", proxies)
    requests: list[HttpRequest] = []
    named = env.proxies("PORTAL_PROXIES")
    secure = ("HTTP_X_FORWARDED_PROTO", "https") if named else None
    with override_settings(
        PROXIES=named, SECURE_PROXY_SSL_HEADER=secure, USE_X_FORWARDED_HOST=bool(named), ALLOWED_HOSTS=["*"]
    ):
        given = {f"HTTP_X_FORWARDED_{name.upper()}": value for name, value in headers.items()}
        request = RequestFactory().get("/", REMOTE_ADDR=at, **given)
        from_proxies_only(lambda one: requests.append(one) or HttpResponse())(request)
        request.believed = (request.META["REMOTE_ADDR"], request.is_secure(), request.get_host())  # type: ignore[attr-defined]
    return requests[0]


STRANGER = ("127.0.0.1", False, "testserver")


@pytest.mark.parametrize("proxies", ["", "10.0.0.0/8", "::1"])
def test_a_stranger_is_not_believed(monkeypatch, proxies):
    told = {"for": "1.2.3.4", "proto": "https", "host": "evil.example", "port": "1", "server": "x"}
    request = seen(monkeypatch, proxies, "127.0.0.1", **told)
    assert request.believed == STRANGER
    assert not set(HEADERS) & set(request.META)


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("6.6.6.6, 203.0.113.9", "203.0.113.9"),  # what the person sent is on the left
        ("6.6.6.6, 203.0.113.9, 10.0.0.2", "203.0.113.9"),  # two proxies
        ("10.0.0.3", "10.0.0.3"),
        ("203.0.113.9:5123", "203.0.113.9"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("6.6.6.6, nonsense", "10.0.0.1"),
        ("", "10.0.0.1"),
    ],
)
def test_a_proxy_that_is_named_says_who_asks(monkeypatch, told, address):
    request = seen(monkeypatch, "10.0.0.0/24, 192.0.2.1", "10.0.0.1", **({"for": told} if told else {}))
    assert request.believed == (address, False, "testserver")


def test_a_proxy_that_is_named_says_scheme_and_host(monkeypatch):
    told = {"proto": "http, https", "host": "evil.example, portal.example"}
    assert seen(monkeypatch, "10.0.0.1", "10.0.0.1", **told).believed == ("10.0.0.1", True, "portal.example")


@pytest.mark.parametrize("proxies", ["", "127.0.0.1"])
@pytest.mark.parametrize("claimed", ["6.6.6.6", "6.6.6.6:555", "9.9.9.9, 6.6.6.6", "[2001:db8::1]:5"])
def test_a_server_that_reads_the_headers_itself_is_refused_with_words(proxies, claimed, caplog):
    """As uvicorn does when it is started by hand, whatever PORTAL_PROXIES says."""
    believing = TrustedProxies(ASGIHandler(), trusted_hosts="127.0.0.1")
    with override_settings(PROXIES=[ip_network(one) for one in proxies.split(",") if one]):
        for headers, status in (({"x-forwarded-for": claimed}, 400), ({}, 302)):
            answer = asyncio.run(asked(believing, headers))
            assert answer["status"] == status
    assert "--no-proxy-headers" in caplog.text


async def asked(application: Any, headers: dict[str, str]) -> dict[str, Any]:
    pairs = [(name.encode(), value.encode()) for name, value in {"host": "localhost", **headers}.items()]
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "scheme": "http",
    }
    scope |= {
        "headers": pairs,
        "client": ("127.0.0.1", 4),
        "server": ("localhost", 80),
        "http_version": "1.1",
    }
    talk = ApplicationCommunicator(application, scope)
    await talk.send_input({"type": "http.request"})
    return await talk.receive_output(10)


def test_a_browser_beside_its_proxy_is_served(monkeypatch):
    assert seen(monkeypatch, "127.0.0.1", "127.0.0.1", **{"for": "127.0.0.1"}).believed == STRANGER


@pytest.mark.django_db  # other checks ask the database
def test_the_former_setting_means_a_proxy_on_this_machine(monkeypatch):
    monkeypatch.setenv("PORTAL_BEHIND_PROXY", "1")
    assert [str(one) for one in env.proxies("PORTAL_PROXIES")] == ["127.0.0.1/32", "::1/128"]
    assert "portal.W004" in {one.id for one in run_checks(include_deployment_checks=True)}
    monkeypatch.setenv("PORTAL_PROXIES", "10.0.0.0/24")
    assert [str(one) for one in env.proxies("PORTAL_PROXIES")] == ["10.0.0.0/24"]
    assert "portal.W004" not in {one.id for one in run_checks(include_deployment_checks=True)}
    monkeypatch.setenv("PORTAL_PROXIES", "the-proxy")
    with pytest.raises(SystemExit, match="PORTAL_PROXIES must be addresses"):
        env.proxies("PORTAL_PROXIES")


def answers(port: int, count: int) -> list[int]:
    """Wrong tries on the running server, each with an address of its own that it claims to come from."""
    codes = []
    cookies = urllib.request.HTTPCookieProcessor()
    client = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)
    for n in range(count):
        address = f"http://127.0.0.1:{port}/sign-in/"
        form = client.open(address, timeout=20).read().decode()
        token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', form)[0]
        given = {"username": "ida@example.com", "password": "wrong", "csrfmiddlewaretoken": token}
        told = {"X-Forwarded-For": f"203.0.113.{n}", "X-Real-IP": f"203.0.113.{n}"}
        request = urllib.request.Request(address, urllib.parse.urlencode(given).encode(), told)
        try:
            codes.append(client.open(request, timeout=20).status)
        except urllib.error.HTTPError as error:
            codes.append(error.code)
    return codes


def test_a_new_address_in_each_header_does_not_pass_the_running_servers_wait(made_home: Path, up: Start):
    here = up(made_home, "--empty", **ADMIN)
    here.until("Sign in as ida@example.com.")
    assert answers(here.port, BOTH.free + 1) == [422] * (BOTH.free - 1) + [429, 429]
    assert here.end() == 0
    behind = up(made_home, PORTAL_PROXIES="127.0.0.1")
    behind.until("Agent Portal runs at")
    assert answers(behind.port, 3) == [422] * 3
    assert behind.end() == 0
