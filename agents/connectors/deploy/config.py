"""The settings of a connection, read: services and where they are, environments, when may be deployed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agents.connectors.base import ConnectorError
from agents.connectors.deploy import rules
from agents.connectors.deployments import Service

VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{0,59}")
DIGEST = re.compile(r"[0-9a-f]{64}")
WEEK = {"all": range(7), "mon-fri": range(5), "mon-thu": range(4)}


@dataclass(frozen=True, slots=True)
class Config:
    folder: str
    services: Mapping[str, str]
    environments: tuple[str, ...]
    times: rules.Times
    pins: tuple[str, ...] = ()
    variables: Mapping[str, str] = ()  # type: ignore[assignment]
    keep: int = 5
    seconds: int = 600
    green: bool = True
    revert: bool = True

    def service(self, name: str) -> Service:
        """Raises ConnectorError, saying which there are."""
        if name not in self.services:
            raise ConnectorError(f"No service “{name[:40]}” is here. There are: {', '.join(self.services)}.")
        return Service(name, self.environments)

    def environment(self, name: str) -> str:
        if name not in self.environments:
            raise ConnectorError(
                f"No environment “{name[:40]}” is here. There are: {', '.join(self.environments)}."
            )
        return name


# How each text of the settings is read; each raises ValueError with a sentence.
def services(text: str) -> Mapping[str, str]:
    found = rules.pairs(text)
    rules.names(",".join(found))
    return found


def variables(text: str) -> Mapping[str, str]:
    found = rules.pairs(text)
    for name in found:
        if not VARIABLE.fullmatch(name) or name in {"PATH", "HOME", "LD_PRELOAD", "LD_LIBRARY_PATH"}:
            raise ValueError(f"“{name[:60]}” is no name for a variable here: capital letters, digits and _.")
    return found


def pins(text: str) -> tuple[str, ...]:
    found = tuple(text.split())
    if wrong := [one for one in found if not DIGEST.fullmatch(one)]:
        raise ValueError(f"“{wrong[0][:20]}…” is no digest: 64 signs of 0 to 9 and a to f (sha256sum).")
    return found


def config(settings: Mapping[str, Any]) -> Config:
    """Raises ConnectorError where the settings cannot be read."""
    try:
        return Config(
            folder=str(settings.get("folder") or ""),
            services=services(str(settings.get("services") or "")),
            environments=rules.names(str(settings.get("environments") or "")),
            times=rules.Times(
                str(settings.get("zone") or "UTC"),
                frozenset(WEEK.get(str(settings.get("weekdays") or "all"), ())),
                rules.hours(str(settings.get("hours") or "")),
                rules.freezes(str(settings.get("freezes") or "")),
            ),
            pins=pins(str(settings.get("pins") or "")),
            variables=variables(str(settings.get("variables") or "")),
            keep=int(settings.get("keep") or 5),
            seconds=int(settings.get("seconds") or 600),
            green=bool(settings.get("green", True)),
            revert=bool(settings.get("revert", True)),
        )
    except ValueError as error:
        raise ConnectorError(f"The connection’s settings cannot be read: {error}") from error
