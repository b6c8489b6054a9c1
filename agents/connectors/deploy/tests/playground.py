"""A service with something deployed, for the contract suite."""

import fcntl
import os
from pathlib import Path
from typing import Any

from agents.connectors.base import ConnectionContext, Result
from agents.connectors.deploy.releases.records import Record, Release, now
from agents.connectors.deploy.tests.repositories import Shop, shop
from tests.agents.playgrounds import Playground

ENDED = Result(
    {"service": "shop", "environment": "staging", "version": "v1", "run": "1", "state": "succeeded"}, ""
)


def playground(folder: Path, settings: Any) -> Playground:
    made = shop(
        folder / "deployments", settings, environments="staging, production, old, older, busy", command=True
    )
    made.calls = 100
    first, second = made.repository.commits["v1"], made.repository.commits["v2"]
    made.deploy("v1")
    made.deploy("v1", "old")
    made.deploy("v2", "old")
    made.deploy("v1", "older")
    made.deploy("v2", "older")
    under_way(made)
    where = {"service": "shop", "environment": "staging"}
    new = {"version": "v1", "commit": first, "replaces": "nothing"}
    arguments: dict[str, dict[str, Any]] = {
        "deploy.services": {},
        "deploy.versions": {"service": "shop"},
        "deploy.status": where,
        "deploy.history": where,
        "deploy.diff": {**where, "version": "v2"},
        "deploy.logs": {**where, "run": "1"},
        "deploy.start": {**where, "version": "v2", "commit": second, "replaces": first},
        "deploy.promote": {**where, **new, "origin": "staging", "environment": "production"},
        "deploy.rollback": {**where, **new, "environment": "old", "replaces": second},
        "deploy.watch": where,
        "deploy.restore": {**where, "environment": "older"},
        "deploy.cancel": {**where, "environment": "busy", "run": "1"},
    }
    gone = ConnectionContext(2, "Gone", {**made.settings, "folder": "gone"})
    return Playground(made.connection, arguments, root=made.root, gone=gone)


def under_way(made: Shop) -> None:
    """A run that holds its lock as long as this process lives."""
    place = made.back.place("shop", "busy")
    place.make()
    release = Release("v1", "v1", made.repository.commits["v1"])
    place.write(Record(1, "another", "start", "shop", "busy", release, state="running", began=now()))
    fcntl.flock(os.open(place.folder / "lock", os.O_RDWR | os.O_CREAT), fcntl.LOCK_EX)
