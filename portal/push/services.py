"""Which push services a browser may name: those of the browsers that are known, or those of the settings."""

from urllib.parse import urlsplit

from django.conf import settings

LONGEST = 1000  # characters of an address


def may_name(endpoint: str) -> bool:
    """Https, without a user, on the usual port or one of a service that the settings name, at a host that is listed."""
    if len(endpoint) > LONGEST or not endpoint.isascii() or not endpoint.isprintable():
        return False
    try:
        parts = urlsplit(endpoint)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return False
    if (
        parts.scheme != "https"
        or "@" in parts.netloc
        or parts.fragment
        or " " in endpoint
        or "\\" in endpoint
    ):
        return False
    return any(_is(host, port, service) for service in settings.PUSH_SERVICES)


def _is(host: str, port: int | None, service: str) -> bool:
    name, _, own = service.partition(":")
    fits = host.endswith(name) and host != name if name.startswith(".") else host == name
    return fits and (port or 443) == int(own or 443)
