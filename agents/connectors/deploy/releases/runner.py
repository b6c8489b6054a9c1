"""The process that does one run: lay out, build, migrate, switch, look whether it is healthy.

It has the lock of the environment from who began it, so that nobody else begins one while it lives. Killed at any
moment it leaves the old release or the new one, because the switch is one renaming of a link. It is started with an
order on its standard input, leaves who started it, and needs no database.
"""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from agents.connectors.deploy.releases import commands, trees
from agents.connectors.deploy.releases.commands import CommandFailed, Log
from agents.connectors.deploy.releases.git import GitError
from agents.connectors.deploy.releases.orders import Order
from agents.connectors.deploy.releases.records import (
    CANCEL,
    GO,
    Place,
    Record,
    now,
    read,
    sync,
    write_over,
)
from agents.connectors.deployments import Kind, RunState


class Ended(Exception):
    """The run is over before its end. ``why`` is a code of ``records.WHY``."""

    def __init__(self, why: str, detail: str = "", state: RunState = RunState.FAILED) -> None:
        super().__init__(why)
        self.why, self.detail, self.state = why, detail, state


class Runner:
    def __init__(self, order: Order) -> None:
        self.order, self.place = order, Place(Path(order.folder))
        found = read(self.place.run(order.number, "json"))
        assert found is not None
        self.record: Record = replace(found, state=RunState.RUNNING.value, pid=os.getpid())
        self.release = self.place.releases / found.release.name
        self.log = Log(self.place.run(order.number, "log"))
        self.place.write(self.record)

    def run(self) -> None:
        try:
            if not self.order.reuse:
                self._prepare()
            if self.place.decide(self.order.number, GO) != GO:
                raise Ended("cancelled", state=RunState.CANCELLED)
            if self.record.kind != Kind.ROLLBACK:
                self._command("migrate")
            self._job("switch", self._switch)
            self._healthy()
        except Ended as end:
            return self._end(end.state, end.why, end.detail)
        except Exception as error:
            self.log.line(f"{type(error).__name__}: {error}")
            return self._end(RunState.FAILED, "broke", type(error).__name__)
        self._end(RunState.SUCCEEDED)
        return self._tidy()

    # -- before anything changes ---------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        trees.remove(self.release)  # what an earlier run left of it
        if self.order.copy_from:
            self._job("copy", self._copy)
        else:
            self._job("lay out", self._lay_out)
            self._command("build", still=self._still)
        told = {"version": self.record.release.version, "commit": self.order.commit}
        marker = json.dumps(
            {**told, "digest": trees.digest(self.release), "recipe": self.order.recipe.digest}
        )
        write_over(self.release.with_name(f"{self.release.name}.json"), marker)

    def _lay_out(self) -> None:
        try:
            trees.lay_out(Path(self.order.mirror), self.order.commit, self.release, self._still)
        except (trees.Refused, GitError) as error:
            raise Ended("not_laid_out", str(error)) from error
        if self.order.recipe.commands:
            commands.give(self.release, self.order.user)

    def _copy(self) -> None:
        trees.copy(Path(self.order.copy_from), self.release)
        if trees.digest(self.release) != self.order.copy_digest:
            raise Ended("changed")
        if self.order.recipe.commands:
            commands.give(self.release, self.order.user)

    def _still(self) -> None:
        if self.place.decided(self.order.number) == CANCEL:
            raise Ended("cancelled", state=RunState.CANCELLED)

    # -- from here on it is not cancelled ------------------------------------------------------------------------------

    def _switch(self, name: str = "") -> None:
        link = self.place.folder / f".current.{os.getpid()}"
        link.unlink(missing_ok=True)
        link.symlink_to(f"releases/{name or self.release.name}")
        os.replace(link, self.place.current)
        sync(self.place.folder)

    def _healthy(self) -> None:
        try:
            self._job("health", self._look)
        except Ended as end:
            before = self.record.before
            back = self.order.revert and self.record.kind != Kind.ROLLBACK
            detail = "" if end.detail == "health" else end.detail
            if not back or before is None or self.place.release(before.name) is None:
                raise Ended("unhealthy_stays", detail) from end
            self._job("switch back", lambda: self._switch(before.name))
            raise Ended("unhealthy", detail) from end

    def _look(self) -> None:
        for name, text in self.order.recipe.holds.items():
            place = Path(os.path.realpath(self.release / name))
            inside = place.is_relative_to(os.path.realpath(self.release))
            if not inside or not place.is_file() or text.encode() not in place.read_bytes()[:2_000_000]:
                self.log.line(f"{name} does not hold “{text}”")
                raise Ended("unhealthy_stays", f"“{name[:80]}” does not hold what it must.")
        self._run("health", lambda: None)

    # -- jobs ----------------------------------------------------------------------------------------------------------

    def _command(self, name: str, *, still: Callable[[], None] = lambda: None) -> None:
        if name in self.order.recipe.commands:
            self._job(name, lambda: self._run(name, still))

    def _run(self, name: str, still: Callable[[], None]) -> None:
        command = self.order.recipe.commands.get(name)
        if not command:
            return
        release, variables = self.record.release, dict(self.order.variables)
        told = {"VERSION": release.version, "COMMIT": release.commit, "ENVIRONMENT": self.record.environment}
        variables |= {f"DEPLOY_{key}": value for key, value in told.items()}
        try:
            commands.run(
                command,
                self.release,
                user=self.order.user,
                seconds=self.order.seconds,
                variables=variables,
                log=self.log,
                still=still,
            )
        except CommandFailed as error:
            raise Ended("slow" if error.slow else "command", name) from error

    def _job(self, name: str, do: Callable[[], None]) -> None:
        """Written down before and after: a page shows how far it is."""
        self.log.line(f"== {name}")
        job = {"name": name, "state": RunState.RUNNING.value, "began": now()}
        earlier = self.record.jobs
        self._note(jobs=(*earlier, job))
        state = RunState.FAILED
        try:
            do()
            state = RunState.SUCCEEDED
        except Ended as end:
            state = end.state
            raise
        finally:
            self._note(jobs=(*earlier, {**job, "state": state.value, "ended": now()}))

    def _note(self, **changes: object) -> None:
        self.record = replace(self.record, **changes)  # type: ignore[arg-type]
        self.place.write(self.record)

    def _end(self, state: RunState, why: str = "", detail: str = "") -> None:
        switched = self.place.runs_now() == self.release.name
        self._note(state=state.value, why=why, detail=detail[:300], switched=switched, ended=now())

    def _tidy(self) -> None:
        """Keeps the newest releases, and whatever is or was current. Half ones go."""
        kept = {self.place.runs_now()} | ({self.record.before.name} if self.record.before else set())
        markers = sorted(
            self.place.releases.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True
        )
        kept |= {marker.name.removesuffix(".json") for marker in markers[: self.order.keep]}
        for marker in markers:
            if marker.name.removesuffix(".json") not in kept:
                marker.unlink()
        whole = {marker.name.removesuffix(".json") for marker in self.place.releases.glob("*.json")}
        for folder in self.place.releases.iterdir():
            if folder.is_dir() and folder.name not in whole:
                trees.remove(folder)


def main() -> None:
    order = Order.of_json(json.load(sys.stdin))
    if os.fork():
        os._exit(0)  # who started us waits for no longer than this
    os.setsid()
    os.umask(0o022)
    Runner(order).run()


if __name__ == "__main__":
    main()
