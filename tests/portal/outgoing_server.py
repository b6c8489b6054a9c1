"""A server on this machine that says word for word what it is told to, for tests of what goes out."""

import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


class Raw:
    """Each connection gets the next of ``answers``, the last one for good; a float is a pause, then it closes."""

    def __init__(self, *answers: "bytes | list[bytes | float]") -> None:
        self.answers, self.asked = list(answers), list[bytes]()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        self.listener.close()

    def _serve(self) -> None:
        while True:
            try:
                taken, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(taken,), daemon=True).start()

    def _answer(self, taken: socket.socket) -> None:
        with taken:
            self.asked.append(taken.recv(65_536))
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            try:
                for part in [answer] if isinstance(answer, bytes) else answer:
                    taken.sendall(part) if isinstance(part, bytes) else time.sleep(part)
            except OSError:
                return


def said(status: str, body: bytes = b"", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


Start = Callable[..., Raw]


def certified(folder: Path, name: str, settings: Any) -> Path:
    """Key and certificate of a server of that name, in one file; the portal trusts it."""
    own, both = made(folder, name)
    settings.OWN_CA = str(own)
    return both


def made(folder: Path, name: str) -> tuple[Path, Path]:
    """The file that vouches for a server of that name, and the one with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    own, both = folder / "own.pem", folder / "both.pem"
    own.write_bytes(signed.public_bytes(pem))
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    both.write_bytes(secret + own.read_bytes())
    return own, both


def secured(folder: Path, name: str) -> tuple[Path, int]:
    """A server with TLS for ``name`` that says *safe*: the file that vouches for it, and its port."""
    own, both = made(folder, name)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for _ in range(3):
            with suppress(OSError), context.wrap_socket(listener.accept()[0], server_side=True) as taken:
                taken.recv(65_536)
                taken.sendall(said("200 OK", b"safe"))
        listener.close()

    threading.Thread(target=serve, daemon=True).start()
    return own, listener.getsockname()[1]
