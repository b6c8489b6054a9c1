"""Servers of large providers, so that nobody has to look them up. By the address only where that is certain."""

from dataclasses import dataclass
from typing import Any

from agents.connectors.mail.servers.encrypted import PORTS, STARTTLS, TLS
from agents.connectors.mail.servers.sign_in import PASSWORD, TOKEN


@dataclass(frozen=True, slots=True)
class Preset:
    """``domains``: whose addresses are all there; a company's own may be anywhere. ``token``: it takes no password."""

    title: str
    host: str
    smtp_host: str
    domains: tuple[str, ...] = ()
    smtp_security: str = TLS
    token: bool = False

    def settings(self, sign_in: str) -> dict[str, Any]:
        return {
            "host": self.host,
            "port": PORTS["port"][TLS],
            "security": TLS,
            "sign_in": TOKEN if self.token else sign_in or PASSWORD,
            "smtp_host": self.smtp_host,
            "smtp_port": PORTS["smtp_port"][self.smtp_security],
            "smtp_security": self.smtp_security,
            "smtp_user": "",
        }


PRESETS = {
    "gmail": Preset(
        "Gmail, Google Workspace", "imap.gmail.com", "smtp.gmail.com", ("gmail.com", "googlemail.com")
    ),
    "microsoft365": Preset(
        "Microsoft 365",
        "outlook.office365.com",
        "smtp.office365.com",
        smtp_security=STARTTLS,
        token=True,
    ),
    "outlook": Preset(
        "Outlook.com",
        "outlook.office365.com",
        "smtp-mail.outlook.com",
        ("outlook.com", "hotmail.com", "live.com", "msn.com"),
        STARTTLS,
        token=True,
    ),
    "fastmail": Preset("Fastmail", "imap.fastmail.com", "smtp.fastmail.com", ("fastmail.com", "fastmail.fm")),
    "gmx": Preset(
        "GMX (Germany, Austria, Switzerland)",
        "imap.gmx.net",
        "mail.gmx.net",
        ("gmx.net", "gmx.de", "gmx.at", "gmx.ch"),
    ),
    "gmx_com": Preset("GMX.com", "imap.gmx.com", "mail.gmx.com", ("gmx.com",)),
    "icloud": Preset(
        "iCloud", "imap.mail.me.com", "smtp.mail.me.com", ("icloud.com", "me.com", "mac.com"), STARTTLS
    ),
    "yahoo": Preset(
        "Yahoo", "imap.mail.yahoo.com", "smtp.mail.yahoo.com", ("yahoo.com", "ymail.com", "rocketmail.com")
    ),
    "zoho": Preset("Zoho Mail", "imap.zoho.com", "smtp.zoho.com", ("zohomail.com", "zoho.com")),
    "zoho_eu": Preset("Zoho Mail, Europe", "imap.zoho.eu", "smtp.zoho.eu", ("zohomail.eu", "zoho.eu")),
}
_BY_DOMAIN = {domain: name for name, one in PRESETS.items() for domain in one.domains}


def of_address(address: str) -> str:
    """The preset's name; empty where the address does not tell."""
    return _BY_DOMAIN.get(address.rpartition("@")[2].lower(), "")
