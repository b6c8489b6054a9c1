"""Begins a run: everything is looked at again under the environment's lock, then a process of its own does it."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime

from django.conf import settings

from agents.connectors.base import ConnectorError
from agents.connectors.deploy import rules
from agents.connectors.deploy.backend import Wanted
from agents.connectors.deploy.releases import orders
from agents.connectors.deploy.releases.git import COMMIT, environment
from agents.connectors.deploy.releases.orders import Order, Recipe, Unpinned
from agents.connectors.deploy.releases.reading import Reading
from agents.connectors.deploy.releases.records import Place, Record, Release, now, run_of, settled
from agents.connectors.deployments import Kind, Run, RunState, Version

NOBODY = "nothing"  # what runs where nothing was deployed yet
STARTS = 30.0  # seconds that the process may take to leave us


def order(back: Reading, wanted: Wanted) -> tuple[Order, Version]:
    """The order for exactly this deployment. Raises ConnectorError with what speaks against it now."""
    place = back.place(wanted.service, wanted.environment)
    if wanted.kind is not Kind.ROLLBACK and (
        why := back.config.times.against(wanted.environment, datetime.now(UTC))
    ):
        raise ConnectorError(why)
    if not COMMIT.fullmatch(wanted.commit):
        raise ConnectorError("“commit” is a whole commit: 40 signs, as deploy.diff gives it.")
    runs_now = place.release(place.runs_now())
    current = runs_now[0].commit if runs_now else ""
    if current != wanted.replaces:
        raise ConnectorError(
            f"{wanted.environment} runs {current[:12] or NOBODY} by now, not {wanted.replaces[:12] or NOBODY}. "
            "Look at the difference again."
        )
    if current == wanted.commit:
        raise ConnectorError(f"{wanted.environment} runs that commit already.")
    found = {
        Kind.START: _of_repository,
        Kind.PROMOTE: _of_environment,
        Kind.ROLLBACK: _of_before,
    }[wanted.kind](back, wanted)
    return replace(found[0], folder=str(place.folder)), found[1]


def _of_repository(back: Reading, wanted: Wanted) -> tuple[Order, Version]:
    """A version by its name, which must still name the commit that was agreed to."""
    mirror = back.fresh(wanted.service)
    version = _same(back.version(wanted.service, wanted.version), wanted)
    _checked(back, wanted)
    name = release_name(version)
    whole = back.place(wanted.service, wanted.environment).release(name)
    try:
        recipe = orders.recipe(
            mirror.file(version.commit, orders.FILE), list(back.config.pins), settings.DEPLOY_USER
        )
    except Unpinned as error:
        raise ConnectorError(str(error)) from error
    return replace(_plain(back, wanted, recipe), reuse=whole is not None), version


def _of_environment(back: Reading, wanted: Wanted) -> tuple[Order, Version]:
    """What runs and is healthy in an earlier environment: the same files."""
    every = back.config.environments
    back.config.environment(wanted.origin)
    if every.index(wanted.origin) >= every.index(wanted.environment):
        raise ConnectorError(f"{wanted.origin} does not come before {wanted.environment}.")
    there = back.running(wanted.service, wanted.origin)
    if there.version is None or there.version.commit != wanted.commit:
        raise ConnectorError(
            f"{wanted.origin} does not run that commit (any more). Look at the difference again."
        )
    if there.run is None or there.run.state is not RunState.SUCCEEDED or there.run.after != there.version:
        raise ConnectorError(
            f"The latest run to {wanted.origin} did not succeed, so nothing is promoted from it."
        )
    _checked(back, wanted)
    place = back.place(wanted.service, wanted.origin)
    held = place.release(place.runs_now())
    if held is None:
        raise ConnectorError(
            f"The release in {wanted.origin} cannot be read any more. Start the version instead."
        )
    mirror = back.mirror(wanted.service)
    try:
        recipe = orders.recipe(
            mirror.file(wanted.commit, orders.FILE), list(back.config.pins), settings.DEPLOY_USER
        )
    except Unpinned as error:
        raise ConnectorError(str(error)) from error
    made = _plain(back, wanted, recipe)
    whole = back.place(wanted.service, wanted.environment).release(held[0].name)
    same = whole is not None and whole[1] == held[1]
    copied = replace(made, copy_from=str(place.releases / held[0].name), copy_digest=held[1], reuse=same)
    return copied, there.version


def _of_before(back: Reading, wanted: Wanted) -> tuple[Order, Version]:
    """A release that ran there, well, and is kept."""
    place = back.place(wanted.service, wanted.environment)
    ran = next(
        (
            run
            for run in back.runs(wanted.service, wanted.environment)
            if run.version.commit == wanted.commit and run.state is RunState.SUCCEEDED
        ),
        None,
    )
    if ran is None:
        raise ConnectorError(
            f"That commit never ran well in {wanted.environment}, so nothing goes back to it."
        )
    if place.release(release_name(ran.version)) is None:
        raise ConnectorError("That release is not kept any more. Start the version instead.")
    mirror = back.mirror(wanted.service)
    try:
        recipe = orders.recipe(
            mirror.file(wanted.commit, orders.FILE), list(back.config.pins), settings.DEPLOY_USER
        )
    except Unpinned:
        recipe = Recipe()  # it is switched to, and nothing of it is run
    return replace(_plain(back, wanted, recipe), reuse=True), ran.version


def _same(version: Version, wanted: Wanted) -> Version:
    if version.commit != wanted.commit:
        raise ConnectorError(
            f"“{version.name}” names {version.commit[:12]} by now, and {wanted.commit[:12]} was asked for. "
            "Nothing was begun."
        )
    return version


def _checked(back: Reading, wanted: Wanted) -> None:
    names = list(wanted.checks) or (["*"] if back.config.green else [])
    if names and (why := rules.unchecked(back.checks(wanted.service, wanted.commit), names)):
        raise ConnectorError(why)


def _plain(back: Reading, wanted: Wanted, recipe: Recipe) -> Order:
    return Order(
        folder="",
        number=0,
        mirror=str(back.mirror(wanted.service).folder),
        commit=wanted.commit,
        recipe=recipe,
        user=settings.DEPLOY_USER,
        seconds=back.config.seconds,
        variables=dict(back.config.variables),
        keep=back.config.keep,
        revert=back.config.revert,
    )


def release_name(version: Version) -> str:
    """Of its folder: the name that people gave and the commit, so that a name that moves is another folder."""
    return f"{re.sub(r'[^A-Za-z0-9._-]', '-', version.name)[:60]}-{version.commit[:12]}"


def begin(back: Reading, wanted: Wanted) -> Run:
    place = back.place(wanted.service, wanted.environment)
    with place.alone() as lock:
        records = place.records()
        earlier = next((one for one in records if one.key == wanted.key), None)
        if lock is None:
            if earlier is not None:
                return run_of(earlier)  # this very one is under way
            raise ConnectorError(f"Another run to {wanted.environment} is under way. Wait for its end.")
        if earlier is not None and earlier.state != RunState.QUEUED:
            return run_of(_close(place, earlier))
        for one in records:
            if one != earlier:
                _close(place, one)
        made, version = order(back, wanted)
        written = earlier or record(place, records, wanted, version)
        place.write(written)
        _hand_over(replace(made, number=written.number), lock)
        return run_of(written)


def _close(place: Place, record: Record) -> Record:
    """What a process that died left open is closed before the link changes again."""
    true = settled(record, held=False, current=place.runs_now())
    if true != record:
        true = replace(true, ended=now())
        place.write(true)
    return true


def record(place: Place, records: list[Record], wanted: Wanted, version: Version) -> Record:
    held = place.release(place.runs_now())
    return Record(
        number=records[0].number + 1 if records else 1,
        key=wanted.key,
        kind=wanted.kind.value,
        service=wanted.service,
        environment=wanted.environment,
        release=Release(release_name(version), version.name, version.commit),
        by=version.by,
        title=version.title,
        at=version.at.isoformat() if version.at else "",
        before=held[0] if held else None,
        began=now(),
    )


def _hand_over(made: Order, lock: int) -> None:
    """The process takes the lock over, so that there is no moment without it, and leaves us at once."""
    process = subprocess.Popen(
        [sys.executable, "-m", "agents.connectors.deploy.releases.runner"],
        cwd=settings.BASE_DIR,
        env={**environment(), "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(lock,),
        start_new_session=True,
    )
    process.communicate(json.dumps(made.to_json()).encode(), timeout=STARTS)
    if process.returncode:
        raise ConnectorError("The run could not be started on this machine. An admin can look at its log.")
