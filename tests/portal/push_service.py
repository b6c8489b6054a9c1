"""A push service and browsers of the tests' own: they read what the portal sends by the steps of the standards."""

import json
import os
import ssl
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils import timezone

from portal.notices.channels import Shown
from portal.people.models import Person
from portal.push import actions
from portal.push.vapid import decoded, encoded
from tests.portal.outgoing_server import made

P256 = ec.SECP256R1()


def _mac(key: bytes, data: bytes) -> bytes:
    made = hmac.HMAC(key, hashes.SHA256())
    made.update(data)
    return made.finalize()


class Browser:
    """Its key, what it tells a page about it, and how it reads (RFC 8291, section 3.4, step by step)."""

    def __init__(self, key: str = "", auth: str = "") -> None:
        number = int.from_bytes(decoded(key)) if key else 0
        self.key = ec.derive_private_key(number, P256) if key else ec.generate_private_key(P256)
        self.auth = auth or encoded(os.urandom(16))
        self.p256dh = encoded(self._point(self.key.public_key()))

    @staticmethod
    def _point(key: ec.EllipticCurvePublicKey) -> bytes:
        return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def reads(self, body: bytes) -> bytes:
        salt, (size, length) = body[:16], struct.unpack("!LB", body[16:21])
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(sealed) <= size
        assert len(body) <= 4096
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(P256, sender))
        pseudorandom = _mac(decoded(self.auth), shared)
        secret = _mac(pseudorandom, b"WebPush: info\0" + decoded(self.p256dh) + sender + b"\x01")
        extracted = _mac(salt, secret)
        key = _mac(extracted, b"Content-Encoding: aes128gcm\0\x01")[:16]
        nonce = _mac(extracted, b"Content-Encoding: nonce\0\x01")[:12]
        padded = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0")
        assert padded[-1:] == b"\x02"  # the mark of the last record
        return padded[:-1]


def signed_by(header: str) -> dict[str, Any]:
    """The claims of a token whose signature fits the key beside it (RFC 8292, RFC 7515)."""
    scheme, _, rest = header.partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    assert scheme == "vapid"
    head, claims, signature = parts["t"].split(".")
    assert json.loads(decoded(head)) == {"typ": "JWT", "alg": "ES256"}
    raw = decoded(signature)
    assert len(raw) == 64
    pair = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    key = ec.EllipticCurvePublicKey.from_encoded_point(P256, decoded(parts["k"]))
    try:
        key.verify(pair, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise AssertionError("the signature is not of this key") from None
    found: dict[str, Any] = json.loads(decoded(claims))
    return found


@dataclass
class Pushed:
    """One request, as the service got it. ``claims``: of its token, whose signature was verified."""

    path: str
    headers: dict[str, str]
    body: bytes
    claims: dict[str, Any]


Said = tuple[int, dict[str, str]] | float | None


@dataclass
class PushService:
    """Https on this machine. ``answers``: to the next requests instead of taking them: a status with headers, seconds
    in which it says nothing, None for a connection that breaks off."""

    port: int = 0
    pushed: list[Pushed] = field(default_factory=list)
    answers: list[Said] = field(default_factory=list)

    def endpoint(self, name: str) -> str:
        return f"https://localhost:{self.port}/send/{name}"

    def read(self, browser: Browser, name: str) -> list[dict[str, Any]]:
        """What this browser gets to see."""
        return [json.loads(browser.reads(one.body)) for one in self.pushed if one.path == f"/send/{name}"]


def _handler(service: PushService) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            said = service.answers.pop(0) if service.answers else (201, {})
            if isinstance(said, tuple):
                if said[0] < 300:
                    claims = signed_by(headers["authorization"])
                    service.pushed.append(Pushed(self.path, headers, body, claims))
                self.send_response(said[0])
                for name, value in said[1].items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif said is not None:
                time.sleep(said)

        def log_message(self, *said: Any) -> None:
            pass

    return Handler


@pytest.fixture(scope="module")
def _push_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[PushService, Path]]:
    folder, service = tmp_path_factory.mktemp("push"), PushService()
    own, both = made(folder, "localhost")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(service))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    service.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield service, own
    server.shutdown()
    server.server_close()


@pytest.fixture
def push_service(_push_service: tuple[PushService, Path], settings: Any) -> PushService:
    """The one push service that this portal knows."""
    service, settings.OWN_CA = _push_service[0], str(_push_service[1])
    settings.PUSH_SERVICES, settings.INSIDE = [f"localhost:{service.port}"], ["127.0.0.1"]
    service.pushed.clear()
    service.answers.clear()
    return service


def shown(number: int, text: str = "A question waits for you.", *, urgent: bool = False) -> Shown:
    link = f"http://localhost/notices/{number}/"
    return Shown(number, "ask.waits", "A question waits for me", text, link, timezone.now(), urgent)


def allow(person: Person, service: PushService, name: str = "a") -> Browser:
    browser = Browser()
    actions.allow(
        person, browser=name, endpoint=service.endpoint(name), p256dh=browser.p256dh, auth=browser.auth
    )
    return browser
