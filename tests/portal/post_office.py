"""A server for outgoing mail, in the tests' own process, that keeps what it took and breaks off where it is told to."""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.portal.machine import free_port
from tests.portal.outgoing_server import made

PASSWORD = "secret-of-everybody"


@dataclass
class Post:
    """``letters``: what it took. ``answers``: what it says to the next mails instead of taking them; None: nothing.

    ``refuses``: recipients, each with what is said to them.
    """

    letters: list[Envelope] = field(default_factory=list)
    answers: list[str | None] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    controller: Controller | None = None

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer is None:
            self.letters.append(envelope)  # it took the mail, and nobody hears of it
            assert server.transport is not None
            server.transport.close()
            return "250 OK"
        if answer.startswith("250"):
            self.letters.append(envelope)
        return answer

    @property
    def port(self) -> int:
        assert self.controller is not None
        return int(self.controller.port)

    def settings(self, security: str = "none") -> dict[str, Any]:
        return {"smtp_host": "localhost", "smtp_port": self.port, "smtp_security": security}


def _known(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
    return AuthResult(success=good, handled=False)


@cache
def open_post() -> Post:
    """Without encryption and sign-in, which is for this machine only; as long as the process."""
    post = Post()
    post.controller = Controller(post, hostname="127.0.0.1", port=free_port())
    post.controller.start()
    return post


@pytest.fixture(scope="session")
def _posts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Post, Path]]:
    folder = tmp_path_factory.mktemp("post")
    authority, both = made(folder, "localhost")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(both)
    post = Post()
    post.controller = Controller(
        post,
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=context,
        require_starttls=True,
        authenticator=_known,
        auth_required=True,
    )
    post.controller.start()
    yield post, authority
    post.controller.stop()


@pytest.fixture
def post(_posts: tuple[Post, Path], settings: Any) -> Post:
    """With STARTTLS and a sign-in."""
    found, authority = _posts
    settings.OWN_CA = str(authority)
    found.letters.clear()
    found.answers.clear()
    found.refuses.clear()
    return found


__all__ = ["Post", "open_post", "post"]
