"""A real Postfix of the tests' own: what arrives for example.com lies in one folder."""

import os
import pwd
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agents.connectors.mail.tests.certificates import certificate
from tests.brokers import program
from tests.portal.machine import free_port

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
smtpd_tls_cert_file = {certificates}/cert.pem
smtpd_tls_key_file = {certificates}/key.pem
smtpd_tls_security_level = encrypt
smtpd_relay_restrictions = reject_unauth_destination
virtual_mailbox_domains = example.com
virtual_mailbox_base = {home}/box
virtual_mailbox_maps = static:all/
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
message_size_limit = 20000
{more}
"""
SIGN_IN = """
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {home}/run/smtp-sign-in
smtpd_sasl_security_options = noanonymous
smtpd_client_restrictions = permit_sasl_authenticated, reject
"""


@contextmanager
def postfix_server(dovecot: Path | None = None) -> Iterator[tuple[int, Path, Path]]:
    """Its port, where what arrives lies, and the folder of its certificate.

    ``dovecot``: the folder of one that says who may send, whose certificate it has as well.
    """
    command = program("postfix")
    if os.geteuid() != 0:
        pytest.skip("Postfix starts as root only")
    with tempfile.TemporaryDirectory(prefix="postfix-") as name:
        home, port, owner = Path(name), free_port(), pwd.getpwnam("postfix")
        home.chmod(0o755)
        if dovecot is None:
            certificate(home)
        for part in ("queue", "data", "box"):
            (home / part).mkdir()
        for part in ("data", "box"):
            os.chown(home / part, owner.pw_uid, owner.pw_gid)
        said = {"home": home, "uid": owner.pw_uid, "gid": owner.pw_gid, "certificates": dovecot or home}
        more = SIGN_IN.format(home=dovecot) if dovecot else ""
        (home / "main.cf").write_text(MAIN.format(**said, more=more))
        (home / "master.cf").write_text(_services(port))
        subprocess.run([command, "-c", name, "start"], check=True, capture_output=True)
        try:
            yield port, home / "box" / "all" / "new", dovecot or home
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
