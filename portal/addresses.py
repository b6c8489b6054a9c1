"""Addresses: where a link to the portal begins, and where a person may be sent on to."""

from urllib.parse import urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

LONGEST_QUERY = 600
AT_THE_DOOR = {"sign-in", "sign-out"}  # nobody is sent on to these
EVERY_ADDRESS = {"0.0.0.0", "::"}  # noqa: S104  (read, not listened on)
_served = ""


def served_at(host: str, port: int) -> None:
    """Note where this process is reached, for links where ``PORTAL_ADDRESS`` is unset."""
    global _served
    host = _named() if host in EVERY_ADDRESS else host
    _served = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def base() -> str:
    """How the portal's address begins. From settings alone: a request's Host header is whatever its sender typed."""
    if settings.ADDRESS:
        return str(settings.ADDRESS)
    return f"https://{_named()}" if settings.HTTPS else _served or f"http://{_named()}:8000"


def _named() -> str:
    return next((host for host in settings.ALLOWED_HOSTS if not host.startswith((".", "*"))), "localhost")


def absolute(path: str) -> str:
    """The whole address of a page of the portal, for links that are read outside of it."""
    return f"{base()}{path}"


def own_path(wanted: str) -> str:
    """``wanted`` with its query (if short), where it is a path of a page of this portal, else ``""``."""
    if not wanted.startswith("/") or not url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return ""
    if any(ord(sign) <= 32 or ord(sign) == 127 or sign == "\\" for sign in wanted):
        return ""
    parts = urlsplit(wanted)
    try:
        found = resolve(parts.path)
    except Resolver404:
        return ""
    if found.view_name in AT_THE_DOOR:
        return ""
    return f"{parts.path}?{parts.query}" if 0 < len(parts.query) <= LONGEST_QUERY else parts.path
