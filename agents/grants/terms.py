"""Terms of one capability, as requested or granted: what is wrong with them, and which are narrower."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from agents.grants.limits import narrower, readable
from agents.policy.declarations import Capability
from portal.people import zones
from portal.words import plural

Hours = tuple[int, int]
EACH_TIME = "asks a person each time"


@dataclass(frozen=True, slots=True)
class Terms:
    """``max_uses`` None: any number. ``second_person`` None: as the capability declares. ``hours`` None: any time.

    ``zone``: the time zone of those hours; it stays the same whoever decides.
    """

    limits: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    max_uses: int | None = None
    always_ask: bool = False
    second_person: bool | None = None
    hours: Hours | None = None
    zone: str = "UTC"


def check(capability: Capability, terms: Terms, ends_at: datetime) -> None:
    """Every grant ends, within what the capability allows; limits must be readable. Raises ValidationError."""
    # A grant lasts until the end of a day, wherever on earth that is.
    latest = timezone.now() + timedelta(days=capability.max_days + 1)
    if ends_at <= timezone.now():
        raise ValidationError("The end must be in the future.")
    if ends_at > latest:
        raise ValidationError(
            f"“{capability.title}” is granted for {capability.max_days} days at most. Choose an earlier end."
        )
    if terms.max_uses is not None and terms.max_uses < 1:
        raise ValidationError("The number of uses must be at least 1, or empty for any number.")
    if terms.hours is not None and not _readable(terms.hours):
        raise ValidationError("The hours must be two different hours of a day, such as 8 to 18.")
    if terms.hours is not None and terms.zone not in zones.known():
        raise ValidationError(f"“{terms.zone}” is not a time zone. Choose one from the list.")
    if problem := readable(capability, terms.limits):
        raise ValidationError(problem)


def as_asked(capability: Capability, terms: Terms) -> Terms:
    """A request cannot leave out the second person where the capability declares one; who decides can."""
    return replace(terms, second_person=bool(terms.second_person or capability.second_person))


def as_granted(capability: Capability, terms: Terms, asked: Terms) -> Terms:
    """What a decision on ``asked`` comes to. Raises ValidationError where it is wider.

    Asks and a second person can be added; taken away only the second person whom the requester could not leave out.
    """
    wider = (
        not narrower(terms.limits, asked.limits)
        or not (asked.max_uses is None or (terms.max_uses is not None and terms.max_uses <= asked.max_uses))
        or not fewer_hours(terms, asked)
    )
    if wider:
        raise ValidationError(
            f"“{capability.title}”: a decision may narrow what was asked for, not widen it."
        )
    second = bool(terms.second_person or asked.second_person)
    if terms.second_person is False and capability.second_person:
        second = False
    return replace(terms, always_ask=terms.always_ask or asked.always_ask, second_person=second)


def _readable(hours: Hours) -> bool:
    start, end = hours
    return 0 <= start <= 23 and 0 <= end <= 24 and start != end


def fewer_hours(new: Terms, old: Terms) -> bool:
    """Is every hour of ``new`` one of ``old``? Hours of two zones move against each other, so they never are."""
    if old.hours is None:
        return True
    return new.hours is not None and new.zone == old.zone and _all(new.hours) <= _all(old.hours)


def _all(hours: Hours) -> set[int]:
    start, end = hours
    return set(range(start, end)) if start < end else set(range(start, 24)) | set(range(end))


def in_words(capability: Capability | None, terms: Terms) -> list[str]:
    """What there is besides the limits, each as a clause: hours, uses, who answers."""
    answers = asks(capability, terms)
    return [*restrictions(terms), answers] if answers else restrictions(terms)


def restrictions(terms: Terms) -> list[str]:
    """Hours and uses, each as a clause."""
    said = []
    if terms.hours:
        said.append(f"only from {terms.hours[0]}:00 to {terms.hours[1]}:00 ({terms.zone})")
    if terms.max_uses is not None:
        said.append(f"{plural(terms.max_uses, 'time')} at most")
    return said


def asks(capability: Capability | None, terms: Terms) -> str:
    """Whom it asks by the grant's own word; empty: nobody."""
    if terms.second_person:
        leaving = capability is not None and capability.second_person == "outside"
        return f"asks a second person {'where it leaves the company' if leaving else 'each time'}"
    return EACH_TIME if terms.always_ask else ""


def company() -> str:
    """Which addresses are inside the company, for readers of what leaves it."""
    if not settings.COMPANY_DOMAINS:
        return "The company's domains are not configured, so every address counts as outside."
    return f"Addresses at {', '.join(settings.COMPANY_DOMAINS)} count as inside."
