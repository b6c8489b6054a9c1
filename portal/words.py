"""Numbers, money, times and counts in words a person reads. Pure but for the portal's currency."""

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo

from django.conf import settings

SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
NAMES = {"USD": "dollars", "EUR": "euros", "GBP": "pounds", "JPY": "yen"}
WHOLE = {"JPY", "KRW"}  # without cents
MINUTE, HOUR, DAY, WEEK = 60, 3600, 86_400, 604_800
MANY = 100  # not counted any further beside a word


def number(n: int | float | None) -> str:
    """``38,200``; None is a dash."""
    return "–" if n is None else f"{n:,}"


def tally(counts: Mapping[str, int]) -> str:
    """``read 14, labelled 1,200``."""
    return ", ".join(f"{word} {number(times)}" for word, times in counts.items())


def money(micros: int | None, currency: str = "") -> str:
    """Millionths as ``$0.93``, four digits below a cent (``$0.0031``); None is ``not priced``.

    ``currency`` is an ISO code; by default that of this portal. One without a sign here is named: ``CHF 0.93``.
    """
    if micros is None:
        return "not priced"
    currency = currency or settings.CURRENCY
    minus, sign = "−" if micros < 0 else "", SIGNS.get(currency, f"{currency}\u00a0")
    amount, digits = abs(micros), 0 if currency in WHOLE else 2
    smallest = 1_000_000 // 10**digits
    if amount == 0 or amount >= smallest:
        return f"{minus}{sign}{_rounded(amount, digits)}"
    digits += 2
    if amount >= smallest // 200:
        return f"{minus}{sign}{_rounded(amount, digits)}"
    return f"{minus}under {sign}{10**-digits:.{digits}f}"


def currency() -> str:
    """What the portal's amounts are in: ``dollars``; one without a name here by its code."""
    return NAMES.get(settings.CURRENCY, settings.CURRENCY)


def _rounded(micros: int, digits: int) -> str:
    """``1,234.57``; halves go up."""
    step = 10 ** (6 - digits)
    whole, rest = divmod((micros + step // 2) // step, 10**digits)
    return f"{whole:,}.{rest:0{digits}d}" if digits else f"{whole:,}"


def tokens(n: int | None) -> str:
    """``38,200``, from a million on ``3.1 M``; None is a dash."""
    if n is None:
        return "–"
    if abs(n) < 1_000_000:
        return f"{n:,}"
    return f"{n / 1_000_000:,.1f} M"


def capped(n: int) -> str:
    """A count beside a word: from 100 on it says no more than that there are many."""
    return str(n) if n < MANY else f"{MANY - 1}+"


def plural(n: int, one: str, many: str = "") -> str:
    """``1 task``, ``12 tasks``, ``2 entries`` (with ``many``)."""
    return f"{n:,} {one if abs(n) == 1 else many or one + 's'}"


def duration(length: timedelta | float | None) -> str:
    """``0.4 s``, ``38 s``, ``4 min 10 s``, ``2 h 5 min``, ``3 days``; a number is seconds; None is a dash."""
    if length is None:
        return "–"
    seconds = length.total_seconds() if isinstance(length, timedelta) else float(length)
    if seconds < 9.95:
        return f"{max(seconds, 0):.1f} s"
    whole = round(seconds)
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return _two(whole // MINUTE, "min", whole % MINUTE, "s")
    if whole < 2 * DAY:
        return _two(whole // HOUR, "h", whole % HOUR // MINUTE, "min")
    return plural(whole // DAY, "day")


def _two(big: int, unit: str, small: int, smaller: str) -> str:
    return f"{big} {unit} {small} {smaller}" if small else f"{big} {unit}"


def near(then: datetime, now: datetime) -> bool:
    """Within a week: said as a distance. (``portal.js`` keeps the same words fresh in an open page.)"""
    return abs((then - now).total_seconds()) < WEEK


def relative(then: datetime, now: datetime, zone: tzinfo) -> str:
    """``just now``, ``5 minutes ago``, ``in 3 days``; a week and more away the day, ``26 Oct 2026``."""
    if not near(then, now):
        return day(then, zone)
    seconds = (then - now).total_seconds()
    distance = abs(seconds)
    if distance < MINUTE:
        return "just now" if seconds <= 0 else "in under a minute"
    for size, unit in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        if distance >= size:
            count = plural(int(distance // size), unit)
            return f"{count} ago" if seconds < 0 else f"in {count}"
    raise AssertionError("a distance of a minute or more has a unit")


def day(then: datetime, zone: tzinfo) -> str:
    """``26 Oct 2026`` where the reader is."""
    local = then.astimezone(zone)
    return f"{local.day} {local:%b %Y}"


def clock(then: datetime, zone: tzinfo) -> str:
    """``14:52:10`` where the reader is."""
    return f"{then.astimezone(zone):%H:%M:%S}"


def exact(then: datetime, zone: tzinfo) -> str:
    """``Monday 26 October 2026, 14:52:10 Europe/Berlin``: what hovering a time shows."""
    local = then.astimezone(zone)
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M:%S} {zone}"


def initials(name: str) -> str:
    """``MP`` for Mia Park: the first letters of the first and the last word."""
    words = name.split()
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [name[:1] or "?"]
    return "".join(letters).upper()
