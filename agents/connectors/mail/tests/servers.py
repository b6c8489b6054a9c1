"""Mailboxes on real servers with a secret of the test's own: by password, by token, and one that is refused."""

import base64
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from agents.connectors.base import CallContext
from agents.connectors.mail.connector import Mail
from agents.connectors.mail.tests.dovecot import server
from agents.connectors.mail.tests.playground import TEXT
from tests.agents.playgrounds import Playground
from tests.portal.machine import free_port
from tests.portal.post_office import Post

MINE = "mia.park@example.com"


class _Post(Post):
    """Takes the password, and as a token what has it in front."""

    secret = ""

    async def auth_XOAUTH2(self, server: SMTP, given: list[str]) -> AuthResult:
        shown = base64.b64decode(given[1]).decode()
        return AuthResult(success=f"Bearer {self.secret}" in shown)


@contextmanager
def secret_servers(settings: Any, secret: str) -> Iterator[dict[str, Playground]]:
    """Skips where there is no server. The person who signs in with ``secret-access`` is ``MINE``."""
    with server(password=secret) as box:
        settings.OWN_CA = str(box.home / "cert.pem")
        post = _Post()
        post.secret = secret
        post.controller = _sending(post, box.home)
        post.controller.start()
        box.tokens[f"{secret}-access"] = {"email": MINE}
        trust = ssl.create_default_context(cadata=box.certificate)
        try:
            grounds = {}
            for name in ("password", "refused", "token"):
                user = MINE if name == "token" else box.anybody()
                _filled(box.imaps, trust, user, secret)
                at = box.connection(user, secret, **post.settings("starttls"), smtp_user=user)
                listed = Mail().perform(at, CallContext("mail.list", {}, "k", 1, "a", 1, 1)).data
                (message,) = (row["id"] for row in listed["messages"])
                if name == "refused":
                    at = replace(at, secret=f"{secret}-wrong")
                if name == "token":
                    at = replace(at, secret="", settings=at.settings | {"sign_in": "token"})
                grounds[name] = Playground(at, _arguments(message))
            yield grounds
        finally:
            post.controller.stop()


def _sending(post: _Post, home: Any) -> Controller:
    def known(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        good = isinstance(data, LoginPassword) and data.password == post.secret.encode()
        return AuthResult(success=good, handled=False)

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(home / "cert.pem", home / "key.pem")
    return Controller(
        post,
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=context,
        require_starttls=True,
        authenticator=known,
        auth_required=True,
    )


def _filled(port: int, trust: ssl.SSLContext, user: str, secret: str) -> None:
    from imapclient import IMAPClient

    with IMAPClient("localhost", port=port, ssl_context=trust, timeout=20) as client:
        client.plain_login(user, secret)
        client.append("INBOX", TEXT.replace("\n", "\r\n").encode())


def _arguments(message: str) -> dict[str, dict[str, Any]]:
    return {
        "mail.list": {},
        "mail.read": {"message": message},
        "mail.attachment": {"message": message, "number": 1},
        "mail.search": {"words": "question"},
        "mail.label": {"message": message, "label": "Alerts", "reason": "It asks."},
        "mail.draft": {"to": ["lea@example.com"], "subject": "Re", "text": "Soon."},
        "mail.reply": {"message": message, "to": ["lea@example.com"], "text": "Soon."},
        "mail.send": {"to": ["lea@example.com"], "subject": "News", "text": "All is well."},
    }
