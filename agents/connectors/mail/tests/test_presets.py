"""Host names and ports of large providers are filled in, by the address only where that is certain."""

from pathlib import Path
from typing import Any

import pytest

from agents.connectors.mail.forms import MailSettings
from agents.connectors.mail.presets import PRESETS


def cleaned(**given: str) -> dict[str, Any]:
    form = MailSettings(given)
    assert form.is_valid(), form.errors
    return form.cleaned_data


@pytest.mark.parametrize(
    ("address", "host", "port", "smtp", "smtp_port", "sign_in"),
    [
        ("Mia@Gmail.com", "imap.gmail.com", 993, "smtp.gmail.com", 465, "password"),
        ("mia@outlook.com", "outlook.office365.com", 993, "smtp-mail.outlook.com", 587, "token"),
        ("mia@fastmail.com", "imap.fastmail.com", 993, "smtp.fastmail.com", 465, "password"),
        ("mia@me.com", "imap.mail.me.com", 993, "smtp.mail.me.com", 587, "password"),
        ("mia@yahoo.com", "imap.mail.yahoo.com", 993, "smtp.mail.yahoo.com", 465, "password"),
        ("mia@gmx.de", "imap.gmx.net", 993, "mail.gmx.net", 465, "password"),
        ("mia@zohomail.eu", "imap.zoho.eu", 993, "smtp.zoho.eu", 465, "password"),
    ],
)
def test_an_address_is_enough(
    address: str, host: str, port: int, smtp: str, smtp_port: int, sign_in: str
) -> None:
    found = cleaned(address=address)
    assert (found["kind"], found["user"], found["sign_in"]) == ("imap", found["address"], sign_in)
    assert (found["host"], found["port"], found["security"]) == (host, port, "tls")
    assert (found["smtp_host"], found["smtp_port"]) == (smtp, smtp_port)


def test_a_companys_own_address_needs_a_word() -> None:
    form = MailSettings({"address": "mia@example.com"})
    assert "does not say where its mail is" in str(form.errors["kind"])
    for name, preset in PRESETS.items():
        assert cleaned(address="mia@example.com", kind=name)["host"] == preset.host
    assert cleaned(address="mia@example.com", kind="gmail", sign_in="token")["sign_in"] == "token"
    own = cleaned(address="mia@example.com", host="imap.example.com")
    assert (own["kind"], own["host"], own["port"]) == ("imap", "imap.example.com", 993)


def test_no_address_is_of_two_providers_and_every_preset_is_encrypted() -> None:
    domains = [domain for one in PRESETS.values() for domain in one.domains]
    assert len(domains) == len(set(domains))
    for preset in PRESETS.values():
        kept = preset.settings("")
        assert (kept["security"], kept["port"]) == ("tls", 993)
        assert (kept["smtp_security"], kept["smtp_port"]) in {("tls", 465), ("starttls", 587)}


def test_what_is_stored_is_drawn_again_as_it_is(tmp_path: Path) -> None:
    assert (
        MailSettings(initial={"path": str(tmp_path), "address": "a@example.com"})["kind"].value() == "maildir"
    )
    stored = cleaned(address="mia@gmail.com")
    assert MailSettings(initial=stored)["kind"].value() == "imap"
    assert cleaned(**{name: str(value) for name, value in stored.items()}) == stored
