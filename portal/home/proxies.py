"""What a proxy says about who asks: believed from the proxies in ``PORTAL_PROXIES``, taken away from everybody else."""

import logging
from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse

HEADERS = (
    *("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT"),
    *("HTTP_X_FORWARDED_SERVER", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_X_FORWARDED_SCHEME"),
)


REWRITTEN = (
    "The server reads X-Forwarded-For itself, so anybody here could claim any address. Start it so that it does not"
    " (uvicorn --no-proxy-headers), and name the proxy in PORTAL_PROXIES.\n"
)
log = logging.getLogger(__name__)


def from_proxies_only(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """First of all middleware: everything after it may take the address, the scheme and the host as they stand."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if _rewritten(request):
            log.error(REWRITTEN.strip())
            return HttpResponse(REWRITTEN, status=400, content_type="text/plain")
        if _is_proxy(request.META.get("REMOTE_ADDR", "")):
            _take(request)
        else:
            for name in HEADERS:
                request.META.pop(name, None)
        return get_response(request)

    return middleware


def _rewritten(request: HttpRequest) -> bool:
    """Has the server taken the address of who asks from the header? Then the true one is lost."""
    asks = _address(request.META.get("REMOTE_ADDR", ""))
    if not asks or ip_address(asks).is_loopback:
        return False
    return asks in map(_address, request.META.get("HTTP_X_FORWARDED_FOR", "").split(","))


def _take(request: HttpRequest) -> None:
    """Each proxy adds who asked it on the right: the first from there that is no proxy is who asks us."""
    for asked in reversed(request.META.pop("HTTP_X_FORWARDED_FOR", "").split(",")):
        address = _address(asked)
        if not address:
            break
        request.META["REMOTE_ADDR"] = address
        if not _is_proxy(address):
            break
    for name in ("HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST"):
        if said := request.META.pop(name, ""):
            request.META[name] = said.rpartition(",")[2].strip()  # the nearest proxy's word


def _is_proxy(address: str) -> bool:
    try:
        known = ip_address(address)
    except ValueError:
        return False
    return any(known in network for network in settings.PROXIES)


def _address(said: str) -> str:
    """The address of ``203.0.113.9``, ``203.0.113.9:81``, ``2001:db8::1`` or ``[2001:db8::1]:81``; empty: none."""
    said = said.strip()
    if said.startswith("["):
        said = said[1:].partition("]")[0]
    elif said.count(":") == 1:
        said = said.partition(":")[0]
    try:
        return str(ip_address(said))
    except ValueError:
        return ""
