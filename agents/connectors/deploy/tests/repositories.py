"""Real repositories for tests, made by git itself, and a connection over them."""

import json
import os
import pwd
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from agents.connectors.base import CallContext, ConnectionContext, Result
from agents.connectors.deploy.connector import Deploy
from agents.connectors.deploy.releases import starting
from agents.connectors.deploy.releases.backend import Releases
from agents.connectors.deploy.releases.git import there
from agents.connectors.deploy.releases.runner import Runner
from agents.connectors.deployments import Run

needs_git = pytest.mark.skipif(not there(), reason="git is not installed: apt-get install git")
ME = pwd.getpwuid(os.geteuid()).pw_name
WITHIN = 20.0  # seconds that a run may take here


@dataclass
class Repository:
    """``commit`` writes files, commits them and tags the commit."""

    folder: Path
    commits: dict[str, str] = field(default_factory=dict)
    made: int = 0

    @classmethod
    def new(cls, folder: Path) -> "Repository":
        folder.mkdir(parents=True)
        made = cls(folder)
        made.git("init", "--quiet", "--initial-branch=main")
        return made

    def git(self, *arguments: str, given: str | None = None) -> str:
        at = f"2026-11-{1 + self.made % 28:02d}T12:00:00+00:00"
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            "GIT_AUTHOR_NAME": "Emi Tanaka",
            "GIT_AUTHOR_EMAIL": "emi@example.com",
            "GIT_COMMITTER_NAME": "Emi Tanaka",
            "GIT_COMMITTER_EMAIL": "emi@example.com",
            "GIT_AUTHOR_DATE": at,
            "GIT_COMMITTER_DATE": at,
        }
        command = ["git", "-c", "protocol.file.allow=always", *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=environment, input=given, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(
        self, tag: str, files: Mapping[str, str] = {}, *, title: str = "", checks: str = "tests: green"
    ) -> str:
        """Returns the commit. ``checks``: what a machine said of it."""
        self.made += 1
        for name, text in files.items():
            place = self.folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", title or f"Make {tag}")
        self.commits[tag] = self.git("rev-parse", "HEAD")
        self.git("tag", "--force", tag)
        if checks:
            self.check(tag, checks)
        return self.commits[tag]

    def check(self, tag: str, checks: str) -> None:
        self.git("notes", "--ref=checks", "add", "--force", "-m", checks, tag)


@dataclass
class Shop:
    """A service “shop” with two environments, and a connection to it."""

    root: Path
    repository: Repository
    settings: dict[str, Any]
    calls: int = 0

    @property
    def connection(self) -> ConnectionContext:
        return ConnectionContext(1, "Shop", self.settings)

    @property
    def back(self) -> Releases:
        return Releases(self.connection)

    def call(
        self, capability: str, key: str = "", bounds: Mapping[str, Any] = {}, **arguments: Any
    ) -> CallContext:
        self.calls += 1
        key = key or f"00000000-0000-4000-8000-{self.calls:012d}"
        arguments = {"service": "shop", **arguments}
        return CallContext(f"deploy.{capability}", arguments, key, 1, "Starter", 1, 1, bounds=bounds)

    def do(self, capability: str, **arguments: Any) -> Any:
        done = Deploy().perform(self.connection, self.call(capability, **arguments))
        return done.data if isinstance(done, Result) else done

    def start(self, tag: str, environment: str = "staging", capability: str = "start", **more: Any) -> Any:
        """Begun with exactly what is there now."""
        runs = self.runs(environment)
        wanted = {"version": tag, "commit": self.repository.commits[tag], "replaces": runs or "nothing"}
        return self.do(capability, **{"environment": environment, **wanted, **more})

    def deploy(self, tag: str, environment: str = "staging", **more: Any) -> Run:
        """To its end, in this process: one of its own takes half a second to begin."""
        with mock.patch.object(starting, "_hand_over", lambda made, lock: Runner(made).run()):
            self.start(tag, environment, **more)
        return self.end(environment)

    def end(self, environment: str = "staging") -> Run:
        until = time.monotonic() + WITHIN
        while time.monotonic() < until:
            runs = self.back.runs("shop", environment)
            if runs and runs[0].over and not self.back.place("shop", environment).held():
                return runs[0]
            time.sleep(0.02)
        raise AssertionError(f"It does not end: {self.back.runs('shop', environment)[:1]}")

    def runs(self, environment: str = "staging") -> str:
        """The commit that runs; empty where nothing does."""
        version = self.back.running("shop", environment).version
        return version.commit if version else ""

    def file(self, name: str, environment: str = "staging") -> str:
        return (self.root / "releases" / "shop" / environment / "current" / name).read_text()


def shop(root: Path, settings: Any, **more: Any) -> Shop:
    """Three good versions, of which nothing is deployed."""
    settings.DEPLOY_ROOT, settings.DEPLOY_SOURCES, settings.DEPLOY_USER = root, (), ""
    (root / "releases").mkdir(parents=True)
    repository = Repository.new(root / "repositories" / "shop")
    repository.commit("v1", {"index.html": "One", "shop/migrations/0001.py": "1"})
    repository.commit("v2", {"index.html": "Two", "settings.toml": "a = 1"}, title="Show two")
    repository.commit("v3", {"index.html": "Three", "shop/migrations/0002.py": "2"}, title="Show three")
    told = {
        "folder": "releases",
        "services": f"shop = {repository.folder}",
        "environments": "staging, production",
        "green": True,
        "zone": "UTC",
        **more,
    }
    return Shop(root, repository, told)


def pinned(shop: Shop, tag: str, text: str, settings: Any, **files: str) -> None:
    """A version with this deploy.toml, which an admin has read."""
    settings.DEPLOY_USER = ME
    shop.repository.commit(tag, {"deploy.toml": text, "index.html": tag, **files})
    shop.settings["pins"] = shop.settings.get("pins", "") + " " + sha256(text.encode()).hexdigest()


def python(code: str) -> str:
    return f"[{json.dumps(sys.executable)}, '-c', {json.dumps(code)}]"
