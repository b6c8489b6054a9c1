"""Time zones: which there are, and which a person chooses from."""

from functools import lru_cache
from zoneinfo import available_timezones

from django.utils import timezone

AREAS = {"Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}


@lru_cache(maxsize=1)
def known() -> frozenset[str]:
    """Every name the machine knows. Read once: the list comes from a folder of files."""
    return frozenset(available_timezones())


def choices(current: str = "UTC") -> list[tuple[str, str]]:
    """Places by name, UTC first, without the many old names; ``current`` stays whatever it is."""
    places = {name for name in known() if name.partition("/")[0] in AREAS} | {current} - {"UTC"}
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in sorted(places))]


def current() -> str:
    """The reader's, by its name."""
    return str(timezone.get_current_timezone())
