"""The server for the portal's own mails, and push services, as the environment says them."""

import pytest

from portal import env_outgoing
from portal.env_outgoing import Smtp

GOOD = {"HOST": "smtp.example.com", "FROM": "Agent Portal <portal@example.com>"}


def said(monkeypatch: pytest.MonkeyPatch, **values: str) -> Smtp | None:
    for name, value in values.items():
        monkeypatch.setenv(f"PORTAL_SMTP_{name}", value)
    return env_outgoing.smtp()


def test_a_server_and_its_usual_ports(monkeypatch: pytest.MonkeyPatch):
    assert env_outgoing.smtp() is None
    found = said(monkeypatch, **GOOD)
    assert found is not None
    assert (found.port, found.security, found.address) == (465, "tls", "portal@example.com")
    found = said(monkeypatch, SECURITY="starttls", USER="portal", PASSWORD="p:@/ #")
    assert found is not None
    assert (found.port, found.password) == (587, "p:@/ #")
    assert "p:@" not in repr(found)


@pytest.mark.parametrize(
    "wrong",
    [
        {"SECURITY": "none"}, {"SECURITY": "ssl"}, {"HOST": "smtp.example.com:25"}, {"FROM": "nobody"}, {"FROM": ""},
        {"USER": "portal"}, {"PASSWORD": "x"}, {"PORT": "0"}, {"PORT": "70000"},
    ],
)  # fmt: skip
def test_what_cannot_be_right_ends_the_start(monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str]):
    with pytest.raises(SystemExit, match="PORTAL_SMTP_"):
        said(monkeypatch, **{**GOOD, **wrong})


def test_push_services(monkeypatch: pytest.MonkeyPatch):
    assert "fcm.googleapis.com" in env_outgoing.push_services("PORTAL_PUSH_SERVICES")
    for text, found in (
        ("off", []),
        ("Push.example.com:8443, .a.test", ["push.example.com:8443", ".a.test"]),
    ):
        monkeypatch.setenv("PORTAL_PUSH_SERVICES", text)
        assert env_outgoing.push_services("PORTAL_PUSH_SERVICES") == found
    for wrong in ("https://push.example.com", "*", "a b", ".", "a..b"):
        monkeypatch.setenv("PORTAL_PUSH_SERVICES", wrong)
        with pytest.raises(SystemExit, match="PORTAL_PUSH_SERVICES"):
            env_outgoing.push_services("PORTAL_PUSH_SERVICES")
