"""The sample company's service: four versions in a repository of its own, three of them deployed before, one broken."""

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from agents.connectors.base import ConnectionContext
from agents.connectors.deploy.backend import Wanted
from agents.connectors.deploy.releases import starting
from agents.connectors.deploy.releases.backend import Releases
from agents.connectors.deploy.releases.git import git, there
from agents.connectors.deploy.releases.history import NOTES
from agents.connectors.deploy.releases.records import read
from agents.connectors.deploy.releases.runner import Runner
from agents.connectors.deployments import Kind
from agents.connectors.plugins import ReadyMade, SampleAgent, SampleConnection

SERVICE, STAGING, PRODUCTION = "shop", "staging", "production"
RECIPE = '[holds]\n"index.html" = "Northwind"\n'
PAGE = "<!doctype html>\n<title>{title}</title>\n<h1>{title}</h1>\n<p>{line}</p>\n"
# Tag, who wrote it, its title, how many days ago, and its files.
VERSIONS = (
    (
        "v1.0",
        "Emi Tanaka",
        "Open the shop",
        24,
        {"index.html": PAGE.format(title="Northwind", line="Lamps.")},
    ),
    (
        "v1.1",
        "Farid Haddad",
        "Show prices",
        17,
        {"index.html": PAGE.format(title="Northwind", line="Lamps from 20."), "prices.toml": "lamp = 20\n"},
    ),
    (
        "v1.2",
        "Emi Tanaka",
        "Keep orders in a table of their own",
        10,
        {"shop/migrations/0002_orders.sql": "create table orders (id bigint);\n"},
    ),
    (
        "v1.3",
        "Hugo Alves",
        "Take the name from the settings",
        1,
        {
            "index.html": PAGE.format(title="{{ name }}", line="Lamps from 20."),
            "settings.toml": 'name = ""\n',
        },
    ),
)
RAN = VERSIONS[:3]
READS = ("services", "versions", "status", "history", "diff", "logs")
ENVELOPE = frozenset(f"deploy.{name}" for name in (*READS, "start", "rollback"))
READY = ReadyMade(
    key="releases",
    name="Releases",
    purpose="Deploys the version that you name, follows it to its end, and asks to go back where it does not go well",
    instructions="Look at what a version would change before you begin it. Begin only what the person named, once.",
    envelope=ENVELOPE,
    example=f"Deploy {VERSIONS[-1][0]} of {SERVICE} to {PRODUCTION}.",
)
AGENT = SampleAgent(
    READY.name,
    READY.purpose,
    ready_made=READY.key,
    task=f"Deploy {VERSIONS[-1][0]} of {SERVICE} to {PRODUCTION} and tell me how it went.",
)


def missing() -> str:
    return (
        ""
        if there()
        else "Without git on this machine there are no sample deployments; everything else works."
    )


def made() -> Mapping[str, Any]:
    """The repository and what ran before; the settings of a connection to it."""
    root = Path(settings.DEPLOY_ROOT) / "sample"
    shutil.rmtree(root, ignore_errors=True)
    (root / "releases").mkdir(parents=True)
    repository = root / "northwind.git"
    commits = _repository(repository)
    told = {
        "folder": str(root / "releases"),
        "services": f"{SERVICE} = {repository}",
        "environments": f"{STAGING}, {PRODUCTION}",
        "green": True,
        "zone": "UTC",
        "weekdays": "all",
        "hours": "",
        "freezes": "",
        "pins": hashlib.sha256(RECIPE.encode()).hexdigest(),
        "variables": "",
        "keep": 5,
        "seconds": 60,
        "revert": False,
    }
    back = Releases(ConnectionContext(0, "", told))
    for environment in (STAGING, PRODUCTION):
        replaces = ""
        for number, (tag, _, _, days, _) in enumerate(RAN, 1):
            wanted = Wanted(Kind.START, SERVICE, environment, tag, commits[tag], replaces, f"sample {number}")
            _ran(back, wanted, number, datetime.now(UTC) - timedelta(days=days - 2))
            replaces = commits[tag]
    return told


def _ran(back: Releases, wanted: Wanted, number: int, at: datetime) -> None:
    """Deployed as ever, within this process, and dated back."""
    place = back.place(SERVICE, wanted.environment)
    place.make()
    order, version = starting.order(back, wanted)
    place.write(starting.record(place, place.records(), wanted, version))
    Runner(replace(order, number=number)).run()
    record = read(place.run(number, "json"))
    assert record is not None
    began, ended = at.isoformat(), (at + timedelta(seconds=9)).isoformat()
    jobs = tuple({**job, "began": began, "ended": ended} for job in record.jobs)
    place.write(replace(record, began=began, ended=ended, jobs=jobs))


def _repository(folder: Path) -> dict[str, str]:
    """The commit of each version."""
    git(None, "init", "--quiet", "--bare", "--template=", "--initial-branch=main", str(folder))
    files, parent, commits = {"deploy.toml": RECIPE}, "", dict[str, str]()
    for tag, by, title, days, changed in VERSIONS:
        files |= changed
        name = {"NAME": by, "EMAIL": f"{by.lower().replace(' ', '.')}@example.com"}
        name["DATE"] = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="seconds")
        extra = {f"GIT_{who}_{key}": value for who in ("AUTHOR", "COMMITTER") for key, value in name.items()}
        tree = _tree(folder, files)
        parents = ("-p", parent) if parent else ()
        parent = _said(git(folder, "commit-tree", tree, *parents, "-m", title, extra=extra))
        git(folder, "update-ref", f"refs/tags/{tag}", parent)
        git(folder, "notes", f"--ref={NOTES}", "add", "-m", "tests: green", parent, extra=extra)
        commits[tag] = parent
    git(folder, "update-ref", "refs/heads/main", parent)
    return commits


def _tree(folder: Path, files: Mapping[str, str]) -> str:
    """Of files by their paths."""
    below: dict[str, dict[str, str]] = {}
    lines = []
    for path, text in files.items():
        first, _, rest = path.partition("/")
        if rest:
            below.setdefault(first, {})[rest] = text
        else:
            blob = _said(git(folder, "hash-object", "-w", "--stdin", given=text.encode()))
            lines.append(f"100644 blob {blob}\t{path}")
    lines += [f"040000 tree {_tree(folder, inner)}\t{name}" for name, inner in below.items()]
    return _said(git(folder, "mktree", given=("\n".join(lines) + "\n").encode()))


def _said(said: bytes) -> str:
    return said.decode().strip()


def limits(email: str, team: str) -> Mapping[str, Mapping[str, Any]]:
    """What its agent is granted: releases by their tags, a few a day. Ada says yes to each."""
    acts = {"service": {"only": [SERVICE]}, "environment": {"only": [STAGING, PRODUCTION]}}
    return {
        **{f"deploy.{name}": {} for name in READS},
        "deploy.start": {**acts, "version": {"only": ["v*"]}, "a_day": {"max": 5}},
        "deploy.rollback": {**acts, "a_day": {"max": 5}},
    }


CONNECTION = SampleConnection(
    name="Shop releases",
    why="Deploy what the team tagged, and go back where it does not go well",
    settings=made,
    limits=limits,
    lacks=missing,
    agent=AGENT,
)
