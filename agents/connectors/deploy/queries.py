"""What the pages of deployments show: a person's connections, what runs where, and one run with who asked for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from agents.connectors import the_desk
from agents.connectors.base import ConnectorError
from agents.connectors.deploy import previews
from agents.connectors.deploy.backend import Backend
from agents.connectors.deploy.connector import backend
from agents.connectors.deployments import Figures, Run, Running, RunState, Version, figures
from portal.people.models import Person
from portal.words import duration

TAGS = {
    RunState.SUCCEEDED: "allow",
    RunState.FAILED: "deny",
    RunState.LOST: "deny",
    RunState.CANCELLED: "quiet",
    RunState.QUEUED: "live",
    RunState.RUNNING: "live",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One run, and the call that began it; None where none of this portal did."""

    run: Run
    call: Any

    @property
    def tag(self) -> tuple[str, str]:
        return TAGS[self.run.state], self.run.state.value

    @property
    def jobs(self) -> list[tuple[str, str, str, str]]:
        """Of each: its name, its tag, its state, and how long it took."""
        return [
            (
                one.name,
                TAGS[one.state],
                one.state.value,
                duration(one.ended - one.began) if one.ended and one.began else "",
            )
            for one in self.run.jobs
        ]


@dataclass(frozen=True, slots=True)
class Where:
    """A service in an environment."""

    running: Running
    latest: Told | None
    figures: Figures

    @property
    def lead(self) -> str:
        return "" if self.figures.lead is None else duration(self.figures.lead)

    @property
    def failing(self) -> str:
        return "" if self.figures.failing is None else f"{self.figures.failing * 100:.0f} %"

    @property
    def restore(self) -> str:
        return "" if self.figures.restore is None else duration(self.figures.restore)


@dataclass(frozen=True, slots=True)
class Board:
    """A connection with all of its services, or why it cannot be looked at."""

    place: Any
    rows: tuple[Where, ...] = ()
    trouble: str = ""


def places(person: Person) -> "models.QuerySet[Any]":
    """The connections to deployments that the person sees."""
    found: models.QuerySet[Any] = (
        apps.get_model("agents.Connection").objects.active().visible_to(person).filter(kind="deploy")
    )
    return found


def board(place: Any) -> Board:
    try:
        back = backend(place.context())
        rows = [
            where(back, service.name, environment)
            for service in back.services()
            for environment in service.environments
        ]
    except ConnectorError as error:
        return Board(place, trouble=str(error))
    return Board(place, tuple(rows))


def where(back: Backend, service: str, environment: str) -> Where:
    runs = back.runs(service, environment)
    latest = told(runs[:1])
    return Where(back.running(service, environment), latest[0] if latest else None, figures(runs))


def told(runs: Iterable[Run]) -> list[Told]:
    found = list(runs)
    calls = _calls(run.key for run in found)
    return [Told(run, calls.get(run.key)) for run in found]


def _calls(keys: Iterable[str]) -> Mapping[str, Any]:
    """By their keys: who asked, through which agent, under which grant, and who said yes."""
    rows = apps.get_model("agents.Call").objects.filter(key__in=[key for key in keys if len(key) == 36])
    rows = rows.select_related("task__person", "task__agent", "grant__decided_by", "approval__answered_by")
    return {str(row.key): row for row in rows.defer("result", "task__result", "task__instruction")}


def changes(back: Backend, run: Run) -> Mapping[str, Any] | None:
    """What this run changed; None where the repository cannot tell any more."""
    try:
        before = run.before.commit if run.before else ""
        found = back.diff(run.service, before, run.version.commit)
        checks = back.checks(run.service, run.version.commit)
    except ConnectorError:
        return None
    running = Running(run.service, run.environment, run.before)
    return previews.shown(run.version, running, found, checks)


def before(runs: list[Run]) -> Version | None:
    """The version to go back to: the latest other one that ran well."""
    if not runs or not runs[0].over or runs[0].after is None:
        return None
    now = runs[0].after.commit
    well = (run.version for run in runs if run.state is RunState.SUCCEEDED and run.version.commit != now)
    return next(well, None)


def agents_for(person: Person, place: Any, capability: str) -> dict[int, str]:
    """The person's agents that hold a live grant of it there, by number."""

    choices = {one.number: one.name for one in the_desk().agents(person) if not one.trial}
    grants = (
        apps.get_model("agents.Grant")
        .objects.live()
        .filter(connection=place, capability=capability, agent__in=list(choices))
    )
    held = set(grants.values_list("agent_id", flat=True))
    return {number: name for number, name in choices.items() if number in held}
