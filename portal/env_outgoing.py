"""What the environment says of systems outside: the proxy to them, addresses inside the company, files."""

import ipaddress
import os
import re
import tomllib
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from portal import env


@dataclass(frozen=True, slots=True)
class Proxy:
    """The company's proxy for what leaves; ``user``: ``name:password``, where it wants one."""

    host: str
    port: int
    user: str = field(default="", repr=False)


def outgoing_proxy() -> Proxy | None:
    """``HTTPS_PROXY``, as other programs read it: ``http://name:password@proxy.example.com:3128``."""
    name, value = "HTTPS_PROXY", env.text("HTTPS_PROXY") or env.text("https_proxy")
    try:
        parts = urlsplit(value if "://" in value else f"http://{value}")
        port = parts.port or 3128
    except ValueError:
        env.wrong(name, "must look like http://proxy.example.com:3128")
    if not value:
        return None
    if parts.scheme != "http" or not parts.hostname:
        env.wrong(name, "must be a proxy that is asked by http, like http://proxy.example.com:3128")
    user = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}" if parts.username else ""
    return Proxy(parts.hostname, port, user)


TLS, STARTTLS, NONE = "tls", "starttls", "none"
PORTS = {TLS: 465, STARTTLS: 587, NONE: 25}


@dataclass(frozen=True, slots=True)
class Smtp:
    """The company's server for mail that the portal sends. ``sender``: as in a mail's *From*."""

    host: str
    port: int
    security: str
    sender: str
    address: str  # of the sender
    user: str = ""
    password: str = field(default="", repr=False)


def smtp() -> Smtp | None:
    """``PORTAL_SMTP_HOST`` and the other variables of that name; None where it is unset."""
    host, security = env.text("PORTAL_SMTP_HOST"), env.text("PORTAL_SMTP_SECURITY", TLS).lower()
    if not host:
        return None
    if re.search(r"[/\s@:]", host):
        env.wrong("PORTAL_SMTP_HOST", "must be the name of a server, without a port")
    if security not in PORTS:
        env.wrong("PORTAL_SMTP_SECURITY", f"must be one of {', '.join(PORTS)}")
    if security == NONE and host not in {"localhost", "127.0.0.1"}:
        env.wrong(
            "PORTAL_SMTP_SECURITY", "can be none for a server on this machine only: use tls or starttls"
        )
    sender = env.text("PORTAL_SMTP_FROM")
    address = parseaddr(sender)[1]
    if not re.fullmatch(r"[!-?A-~]+@[!-?A-~]+", address) or not sender.isprintable():
        env.wrong("PORTAL_SMTP_FROM", "must be who sends the mails, like Agent Portal <portal@example.com>")
    port = env.number("PORTAL_SMTP_PORT", PORTS[security], least=1, most=65_535)
    user, password = env.text("PORTAL_SMTP_USER"), env.text("PORTAL_SMTP_PASSWORD")
    if bool(user) != bool(password):
        env.wrong("PORTAL_SMTP_PASSWORD", "goes with PORTAL_SMTP_USER: set both or neither")
    return Smtp(host, port, security, sender, address, user, password)


# Those of Chrome, Firefox, Edge and Safari. One with a point in front stands for every name that ends so.
PUSH_SERVICES = "fcm.googleapis.com, updates.push.services.mozilla.com, .notify.windows.com, .push.apple.com"


def push_services(name: str) -> list[str]:
    """Hosts that a browser may name as its push service; none where the variable says ``off``."""
    found = [host.lower() for host in env.items(name, PUSH_SERVICES)]
    if found == ["off"]:
        return []
    if any(not re.fullmatch(r"[.]?[a-z0-9-]+([.][a-z0-9-]+)*(:[1-9][0-9]{0,4})?", host) for host in found):
        env.wrong(name, "must be names of servers, like push.example.com, with commas between, or off")
    return found


def networks(name: str) -> list[str]:
    """Addresses or networks, as they are compared later."""
    try:
        return [str(ipaddress.ip_network(part, strict=False)) for part in env.items(name)]
    except ValueError:
        env.wrong(name, "must be addresses or networks, like 10.0.0.5 or 10.0.0.0/24, with commas between")


def tables(name: str) -> dict[str, dict[str, Any]]:
    """What the TOML file at this path says: its tables by name. Empty where the variable is unset."""
    path = env.text(name)
    if not path:
        return {}
    try:
        found = tomllib.loads(Path(path).read_text())
    except (OSError, ValueError) as error:
        env.wrong(name, f"must name a TOML file that can be read: {error}")
    if not all(isinstance(table, dict) for table in found.values()):
        env.wrong(name, "must hold tables only, like [gmail]")
    return found


def readable(name: str) -> str:
    """The path of a file that is there, or empty."""
    value = env.text(name)
    if value and not os.access(value, os.R_OK):
        env.wrong(name, "must name a file that the portal may read")
    return value
