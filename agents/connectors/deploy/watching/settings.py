"""What a connection says of watching: where to measure, how much worse is too much, for how long, who is on call."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from agents.connectors.base import ConnectorError
from agents.connectors.deploy import rules
from agents.connectors.health import Limits

PLACE = re.compile(r"([a-z0-9][a-z0-9-]{0,39}) ([a-z0-9][a-z0-9-]{0,39})")
LIMIT = re.compile(r"(errors|slower|restarts) (\d{1,4}(?:\.\d{1,2})?) ?(%?)")
FIGURES = ("errors", "seconds", "restarts")
USUAL = "errors 2 %, slower 50 %, restarts 0"
MOST_PEOPLE = 20


@dataclass(frozen=True, slots=True)
class Watching:
    """``addresses``: by (service, environment). ``queries``: by figure, with {service} and {environment} in them."""

    addresses: Mapping[tuple[str, str], str] = field(default_factory=dict)
    prometheus: str = ""
    queries: Mapping[str, str] = field(default_factory=dict)
    command: bool = False
    limits: Limits = field(default_factory=Limits)
    minutes: int = 15
    on_call: tuple[str, ...] = ()


def addresses(text: str) -> Mapping[tuple[str, str], str]:
    """``shop production = https://…``, one a line. Raises ValueError."""
    found = {}
    for name, url in rules.pairs(text).items():
        place = PLACE.fullmatch(name)
        if place is None or urlsplit(url).scheme not in ("http", "https"):
            raise ValueError(f"“{name[:60]}”: write service environment = https://address.")
        found[place[1], place[2]] = url
    return found


def queries(text: str) -> Mapping[str, str]:
    """``errors = query``, one a line. Raises ValueError."""
    found = rules.pairs(text)
    if wrong := found.keys() - set(FIGURES):
        raise ValueError(f"“{min(wrong)[:40]}” is no figure: {', '.join(FIGURES)}.")
    return found


def limits(text: str) -> Limits:
    """``errors 2 %, slower 50 %, restarts 0``; what is left out stays as usual. Raises ValueError."""
    told: dict[str, float] = {}
    for part in filter(None, map(str.strip, text.split(","))):
        found = LIMIT.fullmatch(part)
        if found is None or bool(found[3]) == (found[1] == "restarts"):
            raise ValueError(f"“{part[:40]}”: write them as {USUAL}.")
        told[found[1]] = float(found[2]) / (100 if found[3] else 1)
    return Limits(**told)


def people(text: str) -> tuple[str, ...]:
    """E-mails, one a line or with commas. Raises ValueError."""
    found = tuple(part.strip() for part in re.split(r"[,\n]", text) if part.strip())
    for one in found:
        try:
            validate_email(one)
        except ValidationError:
            raise ValueError(f"“{one[:60]}” is no e-mail.") from None
    if len(found) > MOST_PEOPLE:
        raise ValueError(f"At most {MOST_PEOPLE} people.")
    return found


READS = {"health": addresses, "queries": queries, "limits": limits, "on_call": people}


def watching(settings: Mapping[str, Any]) -> Watching:
    """Raises ConnectorError where the settings cannot be read."""

    def text(name: str) -> str:
        return str(settings.get(name) or "")

    try:
        return Watching(
            addresses(text("health")),
            text("prometheus"),
            queries(text("queries")),
            bool(settings.get("command")),
            limits(text("limits")),
            int(settings.get("minutes") or 15),
            people(text("on_call")),
        )
    except ValueError as error:
        raise ConnectorError(f"The connection’s settings cannot be read: {error}") from error


def _lines(**more: Any) -> forms.CharField:
    rows = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})
    return forms.CharField(max_length=4_000, required=False, widget=rows, **more)


class WatchingSettings(forms.Form):
    """The part of a connection's form that is about watching."""

    on_call = _lines(
        label="People on call",
        help_text="E-mails, one a line. They hear at once when a deployment makes it worse.",
    )
    health = _lines(
        label="Health addresses",
        help_text="One a line: shop production = https://shop.example.com/health. Anything from 400 on is an error.",
    )
    command = forms.BooleanField(
        label="Run the health command while it is watched",
        required=False,
        help_text="The one of deploy.toml, as it runs after a switch.",
    )
    prometheus = forms.URLField(
        label="Prometheus",
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text="Its address, as https://prometheus.example.com.",
    )
    queries = _lines(
        label="Queries",
        help_text="One a line: errors = (a share, 0 to 1), seconds =, restarts = (a counter). {service} and "
        "{environment} are filled in.",
    )
    limits = forms.CharField(
        label="How much worse is too much", max_length=200, required=False, initial=USUAL, help_text="More errors in "
        "points, slower than before as a share, restarts as a number."
    )  # fmt: skip
    minutes = forms.IntegerField(
        label="Minutes it is watched", min_value=1, max_value=240, initial=15, help_text="After a deployment."
    )


MORE = ("health", "command", "prometheus", "queries", "limits", "minutes")
