"""``manage.py demo --imap``: the whole job on a real server, from the first sign-in to labels and drafts there."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from agents.connectors.base import ConnectorError
from agents.connectors.mail import sample
from agents.connectors.mail.tests.dovecot import PASSWORD, Dovecot, dovecot, dovecot_server
from agents.connectors.mail.tests.test_imap import Box
from tests.agents.demonstration import left, surroundings
from tests.fixtures import SERVER
from tests.portal.machine import ROOT

__all__ = ["dovecot", "dovecot_server"]


def test_a_mailbox_on_a_server_is_sorted_there(dovecot: Dovecot, database_server: None) -> None:
    box = Box(dovecot)
    url = f"imaps://{box.user.replace('@', '%40')}@localhost:{dovecot.imaps}"
    with tempfile.TemporaryDirectory(prefix="d-") as name:
        variables = {
            "DATABASE_URL": SERVER.url,
            "PORTAL_DEMO_PASSWORD": PASSWORD,
            "PORTAL_CA": str(dovecot.home / "cert.pem"),
            "PORTAL_INSIDE": "127.0.0.0/8,::1",
        }

        run = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), "demo", "--imap", url, "--json"],
            cwd="/",
            env=surroundings(Path(name), **variables),
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert run.returncode == 0, run.stderr
        said = json.loads(run.stdout)
        assert (said["messages"], said["labelled"], said["errors"]) == (14, 14, {})
        assert said["drafted"] > 0
        assert PASSWORD not in run.stderr + run.stdout
        assert left(Path(name)) == []
    with dovecot.client(box.user) as client:
        client.select_folder("INBOX")
        flags = client.get_flags(client.search())
        assert all(any(not flag.startswith(b"\\") for flag in own) for own in flags.values())
        assert client.select_folder("Drafts")[b"EXISTS"] == said["drafted"]


def test_where_it_is_names_no_password_and_no_other_thing() -> None:
    for address in (
        "imaps://a:secret@localhost",
        "https://a@localhost",
        "imaps://localhost",
        "imaps://a@",
        "x",
    ):
        with pytest.raises(ConnectorError, match="Name the server as imaps"):
            sample.reached(address, "")
    with pytest.raises(ConnectorError, match="address inside the company"):
        sample.reached("imaps://a@localhost", "secret")
