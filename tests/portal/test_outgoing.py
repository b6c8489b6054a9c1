"""What goes out: where to, for how long, how much of it, and what is tried again."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from portal.env_outgoing import Proxy
from portal.outgoing import Away, Refused, Unanswered, sockets
from portal.outgoing.http import Client
from portal.outgoing.inside import may_reach, networks
from portal.outgoing.sockets import open_socket
from tests.portal.outgoing_server import Raw, Start, said, secured

LOOPBACK = networks(["127.0.0.0/8"])
KEY = {"Authorization": "Bearer geheim-4711"}


@pytest.fixture
def start() -> Iterator[Start]:
    running: list[Raw] = []

    def begin(*answers: Any) -> Raw:
        running.append(Raw(*answers))
        return running[-1]

    yield begin
    for server in running:
        server.close()


def client(**options: Any) -> Client:
    return Client(inside=LOOPBACK, pause=lambda seconds: None, **{"seconds": 5.0, **options})


CLOSED = [
    "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.5.5", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1",
    "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:0a00:0001::", "2001:db8::1",
]  # fmt: skip


def test_private_addresses_in_every_spelling_are_closed_and_public_ones_open():
    assert [one for one in CLOSED if may_reach(one)] == []
    assert all(may_reach(one) for one in ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"])
    assert may_reach("10.1.2.3", networks(["10.1.0.0/16"]))
    assert may_reach("::ffff:10.1.2.3", networks(["10.1.0.0/16"]))
    assert not may_reach("10.2.2.3", networks(["10.1.0.0/16"]))
    assert not may_reach("0.0.0.0", networks(["0.0.0.0/0"]))


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1"])
def test_this_machine_is_not_reached_whatever_it_is_called(start: Start, name: str):
    server = start(said("200 OK"))
    with pytest.raises(Refused), Client(seconds=5) as http:
        http.request("GET", f"https://{name}:{server.port}/")
    with pytest.raises(Refused):
        open_socket(name, server.port)
    assert server.asked == []


def test_a_name_is_looked_up_once_and_that_address_is_used(monkeypatch: pytest.MonkeyPatch):
    answers = iter(["93.184.216.34", "127.0.0.1", "127.0.0.1"])
    reached: list[Any] = []

    def look(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    def connect(target: Any, timeout: float) -> socket.socket:
        reached.append(target)
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket, "getaddrinfo", look)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(Away):
        open_socket("rebinding.example", 443)
    with pytest.raises(Refused):
        open_socket("rebinding.example", 443)
    assert reached == [("93.184.216.34", 443)]


def test_names_that_are_none_and_names_that_take_too_long(monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(Refused):
        open_socket("a" * 300, 443)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: time.sleep(5))
    began = time.monotonic()
    with pytest.raises(Away, match="not found in time"):
        open_socket("slow.example", 443, seconds=0.2)
    assert time.monotonic() - began < 2


def test_without_tls_only_what_an_admin_allowed_is_reached(start: Start, monkeypatch: pytest.MonkeyPatch):
    server = start(said("200 OK", b'{"a": 1}'))
    with client() as http:
        assert http.request("GET", server.url).json() == {"a": 1}
    monkeypatch.setattr(sockets, "_resolved", lambda *a: ["93.184.216.34"])
    with pytest.raises(Refused, match="https"), client() as http:
        http.request("GET", "http://public.example/")


def test_credentials_are_not_sent_on_to_another_host(start: Start):
    other = start(said("200 OK", b"other"))
    for code in ("301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"):
        first = start(said(code, b"", f"Location: {other.url}/x"))
        with pytest.raises(Refused, match="sends on"), client() as http:
            http.request("GET", first.url, headers=KEY)
    assert other.asked == []
    same = start(said("302 Found", b"", "Location: /there"), said("200 OK", b"here"))
    with client() as http:
        assert http.request("GET", same.url, headers=KEY).body == b"here"
    assert b"geheim-4711" in same.asked[1]
    posted = start(said("307 Temporary", b"", f"Location: {other.url}/x"))
    with client() as http:
        assert http.request("POST", posted.url, data={"key": "geheim-4711"}).status == 307
    with client() as http:
        assert http.request("GET", first.url).body == b"other"
    inside = start(said("302 Found", b"", "Location: https://10.0.0.1/"))
    with pytest.raises(Refused), client() as http:
        http.request("GET", inside.url)


def test_only_what_may_be_repeated_is_tried_again(start: Start):
    broken = [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nha"]
    for answers in ((said("503 Busy"), said("200 OK", b"yes")), (broken, said("200 OK", b"yes"))):
        again = start(*answers)
        with client() as http:
            assert http.request("GET", again.url).body == b"yes"
        keyed = start(*answers)
        with client() as http:
            assert http.request("POST", keyed.url, json={}, repeatable=True).body == b"yes"
        assert (len(again.asked), len(keyed.asked)) == (2, 2)
    once = start(said("503 Busy"), said("200 OK"))
    with client() as http:
        assert http.request("POST", once.url, json={}).status == 503
    half = start(broken)
    with pytest.raises(Unanswered), client() as http:
        http.request("POST", half.url, json={})
    assert (len(once.asked), len(half.asked)) == (1, 1)
    patient = start(said("429 Slow down", b"", "Retry-After: 3600"))
    with client() as http:
        assert http.request("GET", patient.url).status == 429
    assert len(patient.asked) == 1


def test_a_server_that_drips_or_floods_is_left(start: Start):
    drips = start([b"HTTP/1.1 200 OK\r\nX: ", *([b"a", 0.1] * 100)])
    began = time.monotonic()
    with pytest.raises(Unanswered), client(seconds=0.5) as http:
        http.request("POST", drips.url)
    assert time.monotonic() - began < 2
    floods = start([b"HTTP/1.1 200 OK\r\n\r\n", *([b"a" * 65_536] * 64)])
    with pytest.raises(Refused, match="more than"), client(most=100_000) as http:
        http.request("GET", floods.url)
    packed = start(said("200 OK", b"\x1f\x8b", "Content-Encoding: gzip"))
    with pytest.raises(Refused, match="packed"), client() as http:
        http.request("GET", packed.url)


def test_errors_hold_no_secret(start: Start):
    silent = start([0.0])
    for url in (f"{silent.url}/?key=geheim-4711", "https://user:geheim-4711@host.example/", "geheim-4711"):
        with pytest.raises((Away, Refused)) as told, client() as http:
            http.request("GET", url, headers=KEY)
        assert "geheim-4711" not in repr(told.value)
        assert told.value.__cause__ is None


def test_the_companys_proxy_is_asked_for_the_address_that_was_looked_at(start: Start, settings: Any,
                                                                       monkeypatch: pytest.MonkeyPatch):  # fmt: skip
    proxy = start([b"HTTP/1.1 200 Connection established\r\n\r\n", 0.1])
    settings.OUTGOING_PROXY = Proxy("127.0.0.1", proxy.port, "pia:geheim")
    monkeypatch.setattr(sockets, "_resolved", lambda host, *a: [host if host[0] in "1" else "93.184.216.34"])
    open_socket("public.example", 993).close()
    assert proxy.asked[0].startswith(b"CONNECT 93.184.216.34:993 HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic cGlhOmdlaGVpbQ==" in proxy.asked[0]
    direct = start(said("200 OK"))
    with client() as http:
        assert http.request("GET", direct.url).status == 200
    settings.OUTGOING_PROXY = Proxy("127.0.0.1", start(said("407 No")).port)
    with pytest.raises(Away, match="407"):
        open_socket("public.example", 993)


def test_certificates_are_verified_also_by_the_companys_own_authority(tmp_path: Path, settings: Any):
    """A certificate that nobody vouches for, or for another name, is refused before anything is sent."""
    own, port = secured(tmp_path, "localhost")
    with pytest.raises(Refused, match="PORTAL_CA"), client() as http:
        http.request("GET", f"https://localhost:{port}/")
    settings.OWN_CA = str(own)
    with client() as http:
        assert http.request("GET", f"https://localhost:{port}/").body == b"safe"
    with pytest.raises(Refused, match="certificate"), client() as http:
        http.request("GET", f"https://127.0.0.1:{port}/")
