"""What the environment says of systems outside: the proxy to them, addresses inside the company, files."""

import ipaddress
import os
import tomllib
from dataclasses import dataclass, field
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
