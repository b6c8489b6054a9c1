"""The ask for a deployment: what would run, what runs now, what changes, what was checked, what stays for good."""

from collections.abc import Sequence
from datetime import UTC, datetime

from agents.connectors.deploy.backend import Backend, Wanted
from agents.connectors.deployments import Check, CheckState, Diff, Kind, Running, Version
from agents.connectors.previews import Preview

SHOWN = 15  # commits and files before the rest is folded away
TAGS = {CheckState.GREEN: "allow", CheckState.PENDING: "quiet", CheckState.RED: "deny"}


def preview(back: Backend, wanted: Wanted) -> Preview:
    """Of the commit that the ask is bound to, whatever its name names by now. Raises ConnectorError."""
    running = back.running(wanted.service, wanted.environment)
    diff = back.diff(wanted.service, wanted.replaces, wanted.commit)
    commit = back.commit(wanted.service, wanted.commit)
    version = Version(wanted.version, wanted.commit)
    if commit is not None:
        version = Version(wanted.version, wanted.commit, commit.by, commit.at, commit.title)
    told = shown(version, running, diff, back.checks(wanted.service, wanted.commit))
    return Preview(
        "deploy/_preview.html",
        told | {"kind": wanted.kind.value},
        back.against(wanted),
        lasting(wanted, diff),
    )


def shown(version: Version, running: Running, diff: Diff, checks: Sequence[Check]) -> dict[str, object]:
    special = {*diff.migrations, *diff.configuration}
    return {
        "version": version,
        "running": running,
        "commits": diff.commits[:SHOWN],
        "more_commits": diff.commits[SHOWN:],
        "back": diff.back,
        "migrations": diff.migrations,
        "configuration": diff.configuration,
        "files": [one for one in diff.files if one not in special],
        "more": diff.more,
        "checks": [(one, TAGS[one.state]) for one in checks],
        "now": datetime.now(UTC),
    }


def lasting(wanted: Wanted, diff: Diff) -> tuple[str, ...]:
    if not diff.migrations:
        return ()
    if wanted.kind is Kind.ROLLBACK:
        return ("Migrations that ran stay as they are: the older release meets the newer database.",)
    return ("It migrates the database. Rolling back afterwards does not take that back.",)
