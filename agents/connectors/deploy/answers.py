"""What a model is told: the shapes as plain data."""

from datetime import datetime
from typing import Any

from agents.connectors.deployments import Check, Commit, Diff, Run, Running, Version
from agents.storable import storable


def of_version(version: Version | None) -> dict[str, Any]:
    if version is None:
        return {"version": "", "commit": ""}
    told = {"version": version.name, "commit": version.commit}
    if version.by:
        told |= {"by": version.by, "title": version.title}
    return storable(told | ({"at": _when(version.at)} if version.at else {}))  # type: ignore[no-any-return]


def of_checks(checks: "list[Check] | tuple[Check, ...]") -> list[dict[str, str]]:
    return [{"check": one.name, "state": one.state.value, "note": one.note} for one in checks]


def of_run(run: Run) -> dict[str, Any]:
    told: dict[str, Any] = {
        "run": run.id,
        "kind": run.kind.value,
        "state": run.state.value,
        **of_version(run.version),
        "began": _when(run.began),
        "ended": _when(run.ended),
        "jobs": [{"job": one.name, "state": one.state.value} for one in run.jobs],
    }
    if run.over:
        told["runs_now"] = of_version(run.after)["version"] or "nothing"
    return storable(told | ({"why": run.why} if run.why else {}))  # type: ignore[no-any-return]


def of_running(running: Running) -> dict[str, Any]:
    latest = of_run(running.run) if running.run else None
    return {"runs": of_version(running.version), "since": _when(running.since), "latest_run": latest}


def of_diff(diff: Diff) -> dict[str, Any]:
    told = {
        "commits": [_commit(one) for one in diff.commits],
        "taken_back": [_commit(one) for one in diff.back],
        "files": [f"{one.how}: {one.path}" for one in diff.files],
        "migrations": [one.path for one in diff.migrations],
        "configuration": [one.path for one in diff.configuration],
        "more": diff.more,
    }
    return storable(told)  # type: ignore[no-any-return]


def _commit(commit: Commit) -> dict[str, str]:
    return {"id": commit.id[:12], "title": commit.title, "by": commit.by}


def _when(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""
