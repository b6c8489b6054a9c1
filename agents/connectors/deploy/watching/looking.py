"""Watches a service through its next deployment: how it did before and does after, and what follows where it is worse.

It waits for a run that begins, or takes the one that is under way or just over. Only the call keeps what it saw.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from agents.connectors.base import ConnectionContext, ConnectorError
from agents.connectors.deploy.backend import Backend
from agents.connectors.deploy.watching import measuring
from agents.connectors.deploy.watching.settings import Watching, watching
from agents.connectors.deployments import Kind, Run, Running, RunState
from agents.connectors.health import Series, Worse, series
from agents.connectors.results import Awaited, Ended, Proposed, Result, Told

DAY = 86_400.0
WITHIN = 7 * DAY  # that it waits for a deployment, and until the end of that
QUIET = 120.0  # seconds between two looks before, at most
UNDER_WAY = 10.0
LEAST, LOOKS = 5.0, 20  # seconds between two looks after it; so many in all
SHOWN = 30  # looks of each side in the result
SUSPECTS = 5
EMPTY = Series()


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look hands on to the next. ``run``: whose effect is measured; empty: it waits for one."""

    known: str = ""
    run: str = ""
    series: Series = EMPTY

    def stored(self) -> dict[str, Any]:
        return {"known": self.known, "run": self.run, "series": self.series.stored()}

    @classmethod
    def read(cls, cursor: Mapping[str, Any]) -> "Seen":
        return cls(cursor["known"], cursor["run"], series(cursor["series"]))


@dataclass(frozen=True, slots=True)
class Watch:
    """One service in one environment, looked at once."""

    connection: ConnectionContext
    back: Backend
    config: Watching
    service: str
    environment: str
    last: bool = False

    @property
    def name(self) -> str:
        return f"{self.service} in {self.environment}"

    def begin(self, now: datetime) -> Awaited:
        """From here on it is looked at. Raises ConnectorError where nothing is measured there."""
        if not measuring.sources(self.config, self.service, self.environment):
            raise ConnectorError(
                f"Nothing is measured of {self.name}. An admin of the connection can name a health address."
            )
        running = self.back.running(self.service, self.environment)
        latest = running.run
        fresh = latest is not None and (not latest.over or self._until(latest) > now)
        if fresh and latest is not None:
            return self._awaited(Seen(), f"how {self.name} does after run {latest.id}", LEAST)
        return self._before(Seen(latest.id if latest else ""))

    def look(self, cursor: Mapping[str, Any], now: datetime) -> Awaited | Ended:
        return self._on(Seen.read(cursor), self.back.running(self.service, self.environment), now)

    def _on(self, seen: Seen, running: Running, now: datetime) -> Awaited | Ended:
        latest = running.run
        if latest is None or latest.id == seen.known:
            return self._before(seen)
        if seen.run and latest.id != seen.run:
            words = f"Run {seen.run} of {self.name} was watched no longer, because run {latest.id} began."
            return self._ended(seen, latest, "overtaken", words)
        if not latest.over:
            more = () if seen.series.before else (self._sample(),)
            seen = replace(seen, series=Series((*seen.series.before, *more)))
            return self._awaited(seen, f"run {latest.id} of {self.name} to end", UNDER_WAY)
        if latest.after != latest.version:
            return self._not_live(seen, latest)
        return self._after(seen, latest, now)

    def _before(self, seen: Seen) -> Awaited:
        before = (*seen.series.before, self._sample())[-SHOWN:]
        return self._awaited(replace(seen, series=Series(before)), f"a deployment of {self.name}", None)

    def _after(self, seen: Seen, run: Run, now: datetime) -> Awaited | Ended:
        if not seen.run:
            before = seen.series.before or tuple(
                measuring.remembered(self.connection, self.config, self.service, self.environment, run.began)
            )
            seen = replace(seen, run=run.id, series=Series(before))
        seen = replace(seen, series=seen.series.with_after(self._sample()))
        if worse := seen.series.worse(self.config.limits):
            return self._worse(seen, run, worse)
        until = self._until(run)
        if now >= until:
            looks = len(seen.series.after)
            words = f"{run.version.name} of {self.name} does as well as before (run {run.id}, {looks} looks)."
            return self._ended(seen, run, "well", words)
        pause = max(LEAST, self.config.minutes * 60 / LOOKS)
        return self._awaited(seen, f"how {self.name} does after run {run.id}", pause)

    def _not_live(self, seen: Seen, run: Run) -> Ended:
        state = "cancelled" if run.state is RunState.CANCELLED else "not_live"
        words = f"Run {run.id} of {self.name} did not go live. {run.why}".strip()
        told = () if state == "cancelled" else (self._told("deploy.failed", run),)
        return self._ended(seen, run, state, words, tells=told)

    def _worse(self, seen: Seen, run: Run, worse: list[Worse]) -> Ended:
        figures = [str(one) for one in worse]
        words = f"{run.version.name} made {self.name} worse: {'; '.join(figures)}."
        suspects = self._suspects(run)
        told = self._told(
            "deploy.worse", run, figures=figures, commits="; ".join(suspects) or "no commit that is known"
        )
        more = {"worse": figures, "suspects": suspects}
        return self._ended(seen, run, "worse", words, more, tells=(told,), proposes=tuple(back(run)))

    def _suspects(self, run: Run) -> list[str]:
        """The commits that came with it, the newest first."""
        if run.before is None:
            return []
        try:
            diff = self.back.diff(self.service, run.before.commit, run.version.commit)
        except ConnectorError:
            return []
        return [f"{one.id[:10]} {one.title[:100]}" for one in (*diff.commits, *diff.back)[:SUSPECTS]]

    def _told(self, kind: str, run: Run, **more: Any) -> Told:
        says = {"service": self.service, "environment": self.environment, "version": run.version.name, **more}
        key = f"{self.service}/{self.environment}/{run.id}"
        link = f"/deployments/{self.connection.id}/{self.service}/{self.environment}/{run.id}/"
        return Told(kind, self.config.on_call, link, says, key)

    def _ended(
        self,
        seen: Seen,
        run: Run,
        state: str,
        words: str,
        more: Mapping[str, Any] | None = None,
        **follows: Any,
    ) -> Ended:
        told: dict[str, Any] = {
            "service": self.service,
            "environment": self.environment,
            "run": run.id,
            "state": state,
        }
        told |= {"version": run.version.name, "commit": run.version.commit, **(more or {})}
        if run.before is not None:
            told["before"] = {"version": run.before.name, "commit": run.before.commit}
        stored = seen.series.stored()
        told["looks"] = {side: [*stored[side][-SHOWN:]] for side in ("before", "after")}
        return Ended(Result(told, words[:300]), words=words, **follows)

    def _awaited(self, seen: Seen, says: str, pause: float | None) -> Awaited:
        about = f"{self.service}/{self.environment}"
        return Awaited(says, about, seen.stored(), pause, longest=QUIET, within=WITHIN, last=self.last)

    def _sample(self) -> Any:
        return measuring.look(self.connection, self.back, self.config, self.service, self.environment)

    def _until(self, run: Run) -> datetime:
        return (run.ended or run.began) + timedelta(minutes=self.config.minutes)


def back(run: Run) -> list[Proposed]:
    """Back to what ran before: by itself where a grant allows that, else the ask for it, filled in."""
    if run.before is None or run.kind is Kind.ROLLBACK:
        return []
    where = {"service": run.service, "environment": run.environment}
    told = where | {"version": run.before.name, "commit": run.before.commit, "replaces": run.version.commit}
    return [Proposed("deploy.restore", where), Proposed("deploy.rollback", told)]


def watch(connection: ConnectionContext, back_end: Backend, told: Mapping[str, Any]) -> Watch:
    """Raises ConnectorError."""
    config = watching(connection.settings)
    last = bool(told.get("last"))
    return Watch(connection, back_end, config, str(told["service"]), str(told["environment"]), last)


def now() -> datetime:
    return datetime.now(UTC)
