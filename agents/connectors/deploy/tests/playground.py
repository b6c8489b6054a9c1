"""A service with something deployed, for the contract suite."""

import atexit
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from types import SimpleNamespace
from typing import Any
from unittest import mock

from django.conf import settings as django_settings
from django.test import override_settings

from agents.connectors.base import ConnectionContext, Result
from agents.connectors.deploy.connector import Deploy
from agents.connectors.deploy.releases import history, starting
from agents.connectors.deploy.releases.git import git as real_git
from agents.connectors.deploy.releases.records import Record, Release, now
from agents.connectors.deploy.tests.repositories import Repository, Shop, shop
from tests.agents.playgrounds import Playground

ENDED = Result(
    {"service": "shop", "environment": "staging", "version": "v1", "run": "1", "state": "succeeded"}, ""
)

DEPLOYED = (("v1", "staging"), ("v1", "old"), ("v2", "old"), ("v1", "older"), ("v2", "older"))


def playground(folder: Path, settings: Any) -> Playground:
    made = _copied(folder / "deployments", settings)
    first, second = made.repository.commits["v1"], made.repository.commits["v2"]
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
        "deploy.watch": {**where, "last": False},
        "deploy.restore": {**where, "environment": "older"},
        "deploy.cancel": {**where, "environment": "busy", "run": "1"},
    }
    gone = ConnectionContext(2, "Gone", {**made.settings, "folder": "gone"})
    root = made.root / "releases"
    folders = {name: _looked(root, told) for name, told in arguments.items()}
    return Playground(made.connection, arguments, root=root, gone=gone, folders=folders, apart=apart)


def _looked(root: Path, told: dict[str, Any]) -> list[Path]:
    """Those of the environments that the call names; what is in a release is for its own process, and for git."""
    found = [root, root / "shop"]
    for environment in (told.get("environment"), told.get("origin")):
        place = root / "shop" / str(environment)
        found += [one for one in (place, place / "runs", place / "releases") if one.is_dir()]
    return found


# -- made once in a process, then copied ------------------------------------------------------------------------------


@cache
def _template() -> Shop:
    folder = Path(mkdtemp(prefix="deploy-playground-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made = shop(
        folder / "made",
        SimpleNamespace(),
        environments="staging, production, old, older, busy",
        command=True,
    )
    made.calls = 100  # keys that no call of the suite has
    with override_settings(DEPLOY_ROOT=made.root, DEPLOY_SOURCES=(), DEPLOY_USER=""):
        for tag, environment in DEPLOYED:
            made.deploy(tag, environment)
        place = made.back.place("shop", "busy")
        place.make()
        release = Release("v1", "v1", made.repository.commits["v1"])
        place.write(Record(1, "another", "start", "shop", "busy", release, state="running", began=now()))
    for repository in (made.repository.folder / ".git", made.root / "releases/shop/repository.git"):
        made.repository.git(f"--git-dir={repository}", "repack", "-adq")
        shutil.rmtree(repository / "hooks", ignore_errors=True)
    return made


def _copied(root: Path, settings: Any) -> Shop:
    kept = _template()
    settings.DEPLOY_ROOT, settings.DEPLOY_SOURCES, settings.DEPLOY_USER = root, (), ""
    shutil.copytree(kept.root, root, symlinks=True)
    repository = Repository(root / "repositories" / "shop", kept.repository.commits)
    made = Shop(root, repository, {**kept.settings, "services": f"shop = {repository.folder}"})
    _under_way(made)
    return made


_held: list[int] = []


def _under_way(made: Shop) -> None:
    """A run that holds its lock as long as its file is there, or this process lives."""
    for handle in [one for one in _held if not os.fstat(one).st_nlink]:
        _held.remove(handle)
        os.close(handle)
    place = made.back.place("shop", "busy")
    _held.append(os.open(place.folder / "lock", os.O_RDWR | os.O_CREAT))
    fcntl.flock(_held[-1], fcntl.LOCK_EX)


# -- what other programs do -------------------------------------------------------------------------------------------


@contextmanager
def apart() -> Iterator[None]:
    """git says again what it said of these commits; no text of a call may lead to another question. No run begins."""
    answers = _answers()

    def git(mirror: Path | None, *arguments: str, given: bytes = b"", **more: Any) -> bytes:
        if arguments[0] in ("init", "fetch"):
            return b""
        return answers[arguments, given] if (arguments, given) in answers else real_git(mirror, *arguments)

    with (
        mock.patch.object(history, "git", git),
        mock.patch.object(starting, "_hand_over"),
        mock.patch.object(os, "fsync"),  # slow, and it touches no name
    ):
        yield


@cache
def _answers() -> dict[tuple[tuple[str, ...], bytes], bytes]:
    """Of each capability's call, asked for real."""
    found = {}

    def git(mirror: Path | None, *arguments: str, given: bytes = b"", **more: Any) -> bytes:
        found[arguments, given] = said = real_git(mirror, *arguments, given=given, **more)
        return said

    with mock.patch.object(history, "git", git), mock.patch.object(starting, "_hand_over"):
        for name in [one.name for one in Deploy.capabilities]:
            with TemporaryDirectory() as folder, override_settings():
                place = playground(Path(folder).resolve(), django_settings)
                Deploy().perform(place.connection, place.call(name))
                if name == "deploy.diff":  # also where nothing runs
                    Deploy().perform(place.connection, place.call(name, environment="production"))
    return found
