"""What a back end of deployments does: a folder each. Shapes are ``agents.connectors.deployments``."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from agents.connectors.deployments import Check, Commit, Diff, Kind, Run, Running, Service, Version


@dataclass(frozen=True, slots=True)
class Wanted:
    """A deployment that was allowed: exactly this commit, in the place of exactly that one (empty: nothing runs).

    ``origin``: of a promotion the environment in which it runs. ``checks``: names that must be green, ``*``: all.
    ``key``: of the call; under one key there is one run.
    """

    kind: Kind
    service: str
    environment: str
    version: str
    commit: str
    replaces: str
    key: str
    origin: str = ""
    checks: tuple[str, ...] = ()


class Backend(Protocol):
    """Each method raises ConnectorError, Unavailable where the system is away."""

    def check(self) -> str:
        """Try all of it without changing anything: a note in one line."""
        ...

    def services(self) -> list[Service]: ...

    def versions(self, service: str) -> list[Version]: ...

    def version(self, service: str, name: str) -> Version:
        """What the name names now."""
        ...

    def checks(self, service: str, commit: str) -> Sequence[Check]: ...

    def commit(self, service: str, commit: str) -> Commit | None: ...

    def running(self, service: str, environment: str) -> Running: ...

    def runs(self, service: str, environment: str) -> list[Run]:
        """The newest first."""
        ...

    def diff(self, service: str, runs: str, new: str) -> Diff: ...

    def against(self, wanted: Wanted) -> str:
        """Why this deployment would be refused now, as a sentence; empty where it would not."""
        ...

    def begin(self, wanted: Wanted) -> Run: ...

    def begun(self, wanted: Wanted) -> Run | None:
        """The run of this key, if it began."""
        ...

    def cancel(self, service: str, environment: str, run: str) -> None: ...

    def cancelled(self, service: str, environment: str, run: str) -> bool:
        """Was it cancelled?"""
        ...

    def log(self, service: str, environment: str, run: str) -> str:
        """The end of what it said."""
        ...
