"""Mail that leaves by a real Postfix, with STARTTLS, and arrives once."""

import email
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agents.connectors.base import CallContext, ConnectionContext, ConnectorError, Result
from agents.connectors.mail.connector import Mail
from agents.connectors.mail.tests.dovecot import HERE
from agents.connectors.mail.tests.mailbox_copy import Mailbox
from agents.connectors.mail.tests.postfix import postfix_server
from tests.portal.machine import wait_until

mail = Mail()


@pytest.fixture
def postfix(settings: Any) -> Iterator[tuple[int, Path]]:
    """Its port, and where what arrives lies."""
    with postfix_server() as (port, arrived, certificates):
        settings.OWN_CA = str(certificates / "cert.pem")
        yield port, arrived


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
