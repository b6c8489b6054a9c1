"""A company whose mail servers take its people's sign-ins: a certified OpenID provider, Dovecot, Postfix."""

import email
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.connectors.mail.tests.dovecot import Dovecot, server
from agents.connectors.mail.tests.postfix import postfix_server
from tests.agents.openid import KEYS, OpenID, provider


@dataclass
class Company:
    """``arrived``: where mail that Postfix took lies."""

    openid: OpenID
    dovecot: Dovecot
    port: int
    arrived: Path

    def settings(self, user: str, **more: Any) -> dict[str, Any]:
        out = {"smtp_host": "localhost", "smtp_port": self.port, "smtp_security": "starttls"}
        return self.dovecot.settings(user, sign_in="token", **out, **more)

    def letters(self) -> list[Any]:
        files = sorted(self.arrived.glob("*"), key=lambda file: file.stat().st_mtime_ns)
        return [email.message_from_bytes(file.read_bytes()) for file in files]

    def drafts(self, user: str) -> int:
        with self.dovecot.client(user) as client:
            return int(client.select_folder("Drafts", readonly=True)[b"EXISTS"])


@contextmanager
def company(mechanisms: str) -> Iterator[Company]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="openid-")))
        openid = stack.enter_context(provider(folder))
        asks = openid.url.replace("://", f"://mail-server:{KEYS['mail-server']}@") + "/token/introspection"
        dovecot = stack.enter_context(server(asks=asks, mechanisms=mechanisms))
        port, arrived, _ = stack.enter_context(postfix_server(dovecot.home))
        yield Company(openid, dovecot, port, arrived)
