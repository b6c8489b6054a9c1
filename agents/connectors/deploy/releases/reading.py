"""What is read of git releases: the mirror of the repository, and what is written down of runs."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from agents.connectors import confined
from agents.connectors.base import ConnectionContext, ConnectorError, Unavailable
from agents.connectors.deploy.config import config
from agents.connectors.deploy.releases import location
from agents.connectors.deploy.releases.git import GitError, GitSlow, there
from agents.connectors.deploy.releases.history import Mirror, Source, reaches
from agents.connectors.deploy.releases.records import CANCEL, Place, run_of, settled
from agents.connectors.deployments import Check, Commit, Diff, Run, Running, Service, Version
from portal.words import plural

MOST_RUNS = 200
LOG_SHOWN = 20_000  # the last bytes of a log


class Reading:
    def __init__(self, connection: ConnectionContext) -> None:
        self.connection, self.config = connection, config(connection.settings)
        self.root = location.root(self.config.folder)

    # -- reading -------------------------------------------------------------------------------------------------------

    def check(self) -> str:
        if not there():
            raise ConnectorError(
                "git is not installed on this machine. An admin of the machine can install it."
            )
        with in_words():
            found = [reaches(self.source(name)) for name in self.config.services]
        return f"{plural(len(found), 'service')}, {plural(sum(found), 'version')}"

    def services(self) -> list[Service]:
        return [self.config.service(name) for name in self.config.services]

    def versions(self, service: str) -> list[Version]:
        with in_words():
            return self.fresh(service).versions()

    def version(self, service: str, name: str) -> Version:
        with in_words():
            found = self.fresh(service).version(name)
        if found is None:
            raise ConnectorError(f"No version “{name[:80]}” is in the repository, or several are called so.")
        return found

    def checks(self, service: str, commit: str) -> Sequence[Check]:
        with in_words():
            return self.mirror(service).checks(commit)

    def commit(self, service: str, commit: str) -> Commit | None:
        with in_words():
            return self.mirror(service).commit(commit)

    def diff(self, service: str, runs: str, new: str) -> Diff:
        with in_words():
            return self.fresh(service).diff(runs, new)

    def running(self, service: str, environment: str) -> Running:
        runs = self.runs(service, environment)
        place = self.place(service, environment)
        current = place.release(place.runs_now())
        latest = runs[0] if runs else None
        if current is None:
            return Running(service, environment, None, None, latest)
        version = Version(current[0].version, current[0].commit)
        since = next((run.ended for run in runs if run.over and run.after and run.before != run.after), None)
        known = next((run.version for run in runs if run.version.commit == version.commit), version)
        return Running(service, environment, known, since, latest)

    def runs(self, service: str, environment: str) -> list[Run]:
        place = self.place(service, environment)
        held, current = place.held(), place.runs_now()
        with in_words():
            found = place.records()[:MOST_RUNS]
        return [
            run_of(settled(record, held=held and not number, current=current))
            for number, record in enumerate(found)
        ]

    def run(self, service: str, environment: str, run: str) -> Run:
        found = next((one for one in self.runs(service, environment) if one.id == run), None)
        if found is None:
            raise ConnectorError(f"No run “{run[:20]}” is known of {service} in {environment}.")
        return found

    def log(self, service: str, environment: str, run: str) -> str:
        found = self.run(service, environment, run)
        path = self.place(service, environment).run(int(found.id), "log")
        with in_words():
            try:
                with open(confined.open_file(path, os.O_RDONLY), "rb") as file:
                    return file.read()[-LOG_SHOWN:].decode(errors="replace")
            except FileNotFoundError:
                return ""

    def cancelled(self, service: str, environment: str, run: str) -> bool:
        if not run.isdecimal():
            return False
        return self.place(service, environment).decided(int(run)) == CANCEL

    # -- places --------------------------------------------------------------------------------------------------------

    def place(self, service: str, environment: str) -> Place:
        named = self.config.service(service).name
        return Place(self.root / named / self.config.environment(environment))

    def mirror(self, service: str) -> Mirror:
        return Mirror(self.root / self.config.service(service).name / "repository.git")

    def source(self, service: str) -> Source:
        return location.source(self.connection, self.config.services[self.config.service(service).name])

    def fresh(self, service: str) -> Mirror:
        """The mirror as the repository is now."""
        mirror = self.mirror(service)
        mirror.refresh(self.source(service))
        return mirror


@contextmanager
def in_words() -> Iterator[None]:
    """What git or the disk refuses did not happen."""
    try:
        yield
    except GitSlow as error:
        raise Unavailable(str(error)) from error
    except GitError as error:
        raise ConnectorError(str(error)) from error
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        raise ConnectorError(
            f"The folder of the releases cannot be used ({reason}). An admin of this machine can repair that."
        ) from error
