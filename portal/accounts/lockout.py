"""How long one waits after wrong passwords: by e-mail and address, by e-mail alone, by address alone.

Waits are short and end by themselves. Wrong passwords from elsewhere do not count in a browser in which the person
signed in before, so an outsider shuts nobody out.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from portal.accounts import actions
from portal.audit.record import PORTAL
from portal.locking import locked
from portal.people.models import Person

COUNTS_FOR = timedelta(days=1)
KNOWN = "portal_known"  # the cookie of a browser in which people have signed in
KNOWN_FOR = timedelta(days=365)
MOST_KNOWN = 5  # people of one browser
PATIENCE = 5.0  # seconds that a try waits for another one of the same e-mail


@dataclass(frozen=True)
class Limit:
    """``free`` wrong tries cost nothing more; after each further one the wait doubles, up to ``most``."""

    free: int
    first: timedelta = timedelta(minutes=1)
    most: timedelta = timedelta(minutes=15)

    def wait(self, failures: int) -> timedelta:
        if failures < self.free:
            return timedelta()
        return min(self.first * (1 << min(failures - self.free, 16)), self.most)


BOTH = Limit(5)  # one e-mail from one address
ACCOUNT = Limit(10)  # one e-mail, from wherever
ADDRESS = Limit(30)  # one address, whatever the e-mail


class Handler(AxesDatabaseHandler):  # type: ignore[misc]
    """django-axes keeps the failures; whether they are too many is decided here."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """1 (the limit in the settings) while one has to wait, else 0."""
        return int(waits_until(request, (credentials or {}).get("username")) > timezone.now())

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
    ) -> None:
        locked = getattr(request, "axes_locked_out", False)
        super().user_login_failed(sender, credentials, request, **kwargs)
        email = credentials.get("username")
        if not locked and email and tried(email) == ACCOUNT.free:
            person = Person.objects.active().filter(email=email).first()
            if person:
                actions.slow_sign_in(PORTAL, person, failures=ACCOUNT.free)


def waits_until(request: HttpRequest, email: str | None) -> datetime:
    """When the next try is looked at; a moment gone by: now."""
    here = address(request)
    ways = {"both": Q(username=email, ip_address=here), "address": Q(ip_address=here)}
    if not is_known(request, email):
        ways["account"] = Q(username=email)
    sums = {f"{name}_sum": Sum("failures_since_start", filter=way) for name, way in ways.items()}
    last = {f"{name}_last": Max("attempt_time", filter=way) for name, way in ways.items()}
    found = _counted().filter(Q(username=email) | Q(ip_address=here)).aggregate(**sums, **last)
    limits = {"both": BOTH, "account": ACCOUNT, "address": ADDRESS}
    ends = [
        found[f"{name}_last"] + limits[name].wait(found[f"{name}_sum"])
        for name in ways
        if found[f"{name}_last"]
    ]
    return max(ends, default=timezone.now() - COUNTS_FOR)


def tried(email: str) -> int:
    """Wrong passwords for this e-mail in the last day that no sign-in from the same address followed."""
    return _counted().filter(username=email).aggregate(all=Sum("failures_since_start"))["all"] or 0


def _counted() -> Any:
    return AccessAttempt.objects.filter(attempt_time__gt=timezone.now() - COUNTS_FOR)


def address(request: HttpRequest) -> str:
    """Who asks, as far as tries are counted. Of IPv6 the network: everybody has 2⁶⁴ addresses in theirs."""
    given = request.META.get("REMOTE_ADDR", "")
    try:
        known = ip_address(given)
    except ValueError:
        return "0.0.0.0"  # noqa: S104  (no address: a socket in the file system)
    if isinstance(known, IPv6Address):
        return str(known.ipv4_mapped or IPv6Address(int(known) >> 64 << 64))
    return str(known)


def remember(request: HttpRequest, response: HttpResponse, person: Person) -> HttpResponse:
    """Know this browser from now on as one in which the person has signed in."""
    others = [browser for browser in _known(request) if browser.partition("-")[0] != str(person.pk)]
    value = ".".join([_mark(person), *others][:MOST_KNOWN])
    more = {"httponly": True, "samesite": "Lax", "secure": settings.SESSION_COOKIE_SECURE}
    response.set_signed_cookie(KNOWN, value, salt=KNOWN, max_age=KNOWN_FOR, **more)
    return response


def is_known(request: HttpRequest, email: str | None) -> bool:
    known = _known(request)
    person = Person.objects.filter(email=email).first() if known else None
    return person is not None and _mark(person) in known


def _known(request: HttpRequest) -> list[str]:
    value = request.get_signed_cookie(KNOWN, default="", salt=KNOWN, max_age=KNOWN_FOR)
    return value.split(".") if value else []


def _mark(person: Person) -> str:
    """Ends when the person signs out everywhere."""
    return f"{person.pk}-{person.session_epoch}"


def one_at_a_time(email: str) -> AbstractContextManager[bool]:
    """Many tries sent at once are counted one by one. False where others take too long."""
    return locked("portal_sign_in", email, wait=PATIENCE)
