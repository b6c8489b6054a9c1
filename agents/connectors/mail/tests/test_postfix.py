"""Mail that leaves by a real Postfix, with STARTTLS, and arrives once."""

import email
import os
import pwd
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agents.connectors.base import CallContext, ConnectionContext, ConnectorError, Result
from agents.connectors.mail.connector import Mail
from agents.connectors.mail.tests.certificates import certificate
from agents.connectors.mail.tests.dovecot import HERE
from agents.connectors.mail.tests.mailbox_copy import Mailbox
from tests.brokers import program
from tests.portal.machine import free_port, wait_until

MAIN = """
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
maillog_file = {home}/postfix.log
maillog_file_prefixes = {home}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = localhost
mydestination =
smtpd_tls_cert_file = {home}/cert.pem
smtpd_tls_key_file = {home}/key.pem
smtpd_tls_security_level = encrypt
smtpd_relay_restrictions = reject_unauth_destination
virtual_mailbox_domains = example.com
virtual_mailbox_base = {home}/box
virtual_mailbox_maps = static:all/
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
message_size_limit = 20000
"""
mail = Mail()


@pytest.fixture
def postfix(settings: Any) -> Iterator[tuple[int, Path]]:
    """Its port, and where what arrives lies."""
    command = program("postfix")
    if os.geteuid() != 0:
        pytest.skip("Postfix starts as root only")
    with tempfile.TemporaryDirectory(prefix="postfix-") as name:
        home, port, owner = Path(name), free_port(), pwd.getpwnam("postfix")
        home.chmod(0o755)
        certificate(home)
        settings.OWN_CA = str(home / "cert.pem")
        for part in ("queue", "data", "box"):
            (home / part).mkdir()
        for part in ("data", "box"):
            os.chown(home / part, owner.pw_uid, owner.pw_gid)
        (home / "main.cf").write_text(MAIN.format(home=home, uid=owner.pw_uid, gid=owner.pw_gid))
        (home / "master.cf").write_text(_services(port))
        subprocess.run([command, "-c", name, "start"], check=True, capture_output=True)
        try:
            yield port, home / "box" / "all" / "new"
        finally:
            subprocess.run([command, "-c", name, "stop"], capture_output=True)


def _services(port: int) -> str:
    """Debian's own, on our port and without a root folder of their own."""
    lines = []
    for line in Path("/etc/postfix/master.cf").read_text().splitlines():
        words = line.split()
        if words and not line.startswith((" ", "\t", "#")) and len(words) >= 8:
            place = f"127.0.0.1:{port}" if words[:2] == ["smtp", "inet"] else words[0]
            line = " ".join([place, *words[1:4], "n", *words[5:]])
        lines.append(line)
    return "\n".join(lines) + "\n"


def test_sent_by_postfix_once(postfix: tuple[int, Path], tmp_path: Path, settings: Any) -> None:
    port, arrived = postfix
    settings.MAIL_ROOT = tmp_path
    local = Mailbox(tmp_path)
    out = {"smtp_host": "localhost", "smtp_port": port, "smtp_security": "starttls"}
    place = ConnectionContext(1, "S", {**local.connection.settings, **out}, "x", inside=HERE)

    def send(key: str, **changed: Any) -> Result:
        letter = {"to": ["mia@example.com"], "subject": "Grüße", "text": "Hello\n.\nß\n", **changed}
        return mail.perform(place, CallContext("mail.send", letter, key, 1, "a", 1, 1))

    assert mail.check(place).rights["mail.send"] == ""
    assert send("k1") == send("k1")
    wait_until(lambda: arrived.is_dir() and any(arrived.iterdir()), 20)
    (file,) = arrived.iterdir()
    got = email.message_from_bytes(file.read_bytes())
    assert got.get_payload(decode=True).decode() == "Hello\n.\nß\n"
    with pytest.raises(ConnectorError, match=r"does not take mail to a@elsewhere\.test"):
        send("k2", to=["mia@example.com", "a@elsewhere.test"])
    with pytest.raises(ConnectorError, match="nothing was sent"):
        send("k3", text="x" * 19_999)
    plain = replace(place, settings={**place.settings, "smtp_security": "none"})
    letter = {"to": ["mia@example.com"], "subject": "x", "text": "y"}
    with pytest.raises(ConnectorError, match="STARTTLS"):
        mail.perform(plain, CallContext("mail.send", letter, "k4", 1, "a", 1, 1))
    assert len(list(arrived.iterdir())) == 1
