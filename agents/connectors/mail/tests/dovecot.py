"""A real Dovecot of the tests' own, once for a run: an IMAP server with TLS, quotas, tokens and people by the name."""

import grp
import json
import os
import pwd
import shutil
import ssl
import tempfile
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient

from agents.connectors.base import ConnectionContext
from agents.connectors.mail.servers import session
from agents.connectors.mail.tests.certificates import certificate
from portal.outgoing.inside import networks
from tests.brokers import program, running
from tests.portal.machine import free_port, wait_until

HERE = networks(["127.0.0.0/8", "::1"])
PASSWORD = "secret-of-everybody"
CONFIG = """
base_dir = {home}/run
state_dir = {home}/run
log_path = {home}/dovecot.log
protocols = imap
listen = 127.0.0.1
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
first_valid_uid = 1
ssl = yes
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
disable_plaintext_auth = no
auth_failure_delay = 0
auth_mechanisms = {mechanisms}
mail_location = maildir:{home}/mail/%u
mail_max_userip_connections = 100
mail_plugins = quota
plugin {{
  quota = maildir:User quota
  quota_rule = *:storage={quota}
}}
namespace inbox {{
  inbox = yes
  separator = /
{folders}}}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {home}/oauth2.conf
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/mail/%u
}}
service imap-login {{
  chroot =
  user = {user}
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service auth {{
  user = {user}
  unix_listener smtp-sign-in {{
    mode = 0666
  }}
}}
service auth-worker {{
  user = {user}
}}
protocol imap {{
  mail_plugins = quota imap_quota
}}
"""
FOLDER = "  mailbox {0} {{\n    special_use = \\{0}\n    auto = subscribe\n  }}\n"
OAUTH2 = """
introspection_mode = post
introspection_url = {url}
username_attribute = {name}
active_attribute = active
active_value = true
"""


@dataclass
class Dovecot:
    """``tokens``: what its introspection endpoint says of each; one that is taken out is revoked."""

    home: Path
    imap: int
    imaps: int
    certificate: str
    tokens: dict[str, dict[str, Any]] = field(default_factory=dict)
    people: int = 0

    def anybody(self) -> str:
        """An address with an empty mailbox."""
        self.people += 1
        return f"person{self.people}@example.com"

    def settings(self, user: str, **more: Any) -> dict[str, Any]:
        found = {"kind": "imap", "host": "localhost", "port": self.imaps, "security": "tls", "user": user}
        return {**found, "sign_in": "password", "address": user, **more}

    def connection(self, user: str, secret: str = PASSWORD, **more: Any) -> ConnectionContext:
        return ConnectionContext(1, "Support", self.settings(user, **more), secret, inside=HERE)

    @contextmanager
    def client(self, user: str) -> Iterator[IMAPClient]:
        """As the person's own mail program."""
        trust = ssl.create_default_context(cadata=self.certificate)
        with IMAPClient("localhost", port=self.imaps, ssl_context=trust, timeout=20) as client:
            client.plain_login(user, PASSWORD)
            yield client


@pytest.fixture
def dovecot(dovecot_server: Dovecot, settings: Any) -> Dovecot:
    settings.OWN_CA = str(dovecot_server.home / "cert.pem")
    return dovecot_server


@pytest.fixture(scope="session")
def dovecot_server() -> Iterator[Dovecot]:
    with server() as found:
        yield found


@contextmanager
def server(
    quota: str = "2M",
    asks: str = "",
    mechanisms: str = "plain login xoauth2 oauthbearer",
    password: str = PASSWORD,
) -> Iterator[Dovecot]:
    """Skips where there is none, and says how to get it.

    ``asks``: the address of a sign-in service, which names people by ``sub``, instead of our own.
    """
    command = program("dovecot", "/usr/sbin")
    with ExitStack() as stack:
        # Its sockets have short paths, and the account that it runs as must be able to enter.
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dovecot-")))
        home.chmod(0o711)  # Postfix asks here who may send
        tokens: dict[str, dict[str, Any]] = {}
        url = asks or f"http://127.0.0.1:{stack.enter_context(introspection(tokens))}/introspect"
        imap, imaps = free_port(), free_port()
        authority = certificate(home)
        root = os.geteuid() == 0
        account = pwd.getpwnam("dovenull") if root else pwd.getpwuid(os.getuid())
        (home / "oauth2.conf").write_text(OAUTH2.format(url=url, name="sub" if asks else "email"))
        folders = "".join(map(FOLDER.format, ("Drafts", "Sent", "Trash", "Archive", "Junk")))
        (home / "dovecot.conf").write_text(
            CONFIG.format(
                home=home,
                user=account.pw_name,
                group=grp.getgrgid(account.pw_gid).gr_name,
                uid=account.pw_uid,
                gid=account.pw_gid,
                folders=folders,
                password=password,
                quota=quota,
                mechanisms=mechanisms,
                imap=imap,
                imaps=imaps,
            )
        )
        for part in ("run", "mail"):
            (home / part).mkdir()
        become: list[str] = []
        if root:
            setpriv = shutil.which("setpriv") or "setpriv"
            become = [setpriv, f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
            for path in (home, *home.rglob("*")):
                os.chown(path, account.pw_uid, account.pw_gid)
        log = home / "said.log"
        stack.enter_context(running(log, *become, command, "-F", "-c", str(home / "dovecot.conf")))
        wait_until(lambda: _listens(imaps), 20)
        yield Dovecot(home, imap, imaps, authority, tokens)
        session.close_all()


def _listens(port: int) -> bool:
    import socket

    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def introspection(tokens: dict[str, dict[str, Any]]) -> Iterator[int]:
    """What a sign-in service says of a token (RFC 7662); the port."""

    class Endpoint(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            known = tokens.get(form.get("token", [""])[0])
            answer = json.dumps({"active": True, **known} if known else {"active": False}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
