"""A run that is killed at any moment leaves the old release or the new one, and the portal says which.

``KILLS=100 python -m pytest agents/connectors/deploy/tests/test_killed.py`` kills a hundred times.
"""

import os
import random
import signal
import time
from contextlib import suppress
from typing import Any

import pytest

from agents.connectors.base import ConnectorError
from agents.connectors.deploy.connector import Deploy
from agents.connectors.deploy.releases import starting
from agents.connectors.deploy.releases.records import read
from agents.connectors.deploy.tests.repositories import Shop, needs_git, pinned, python
from agents.connectors.deployments import Run, RunState

pytestmark = needs_git
KILLS = int(os.environ.get("KILLS", "6"))
JOBS = ("lay out", "build", "migrate", "switch", "health")


@pytest.fixture
def slow(shop: Shop, settings: Any) -> Shop:
    """v1 runs; v4 takes as long to build as to migrate and to look healthy."""
    shop.deploy("v1")
    lines = [f"{name} = ['sleep', '0.04']" for name in ("build", "migrate", "health")]
    pinned(shop, "v4", "\n".join(lines) + "\n", settings)
    return shop


def killed(shop: Shop, job: str, after: float) -> Run:
    """Begun, and its process killed so many seconds after this job of it had begun."""
    shop.start("v4", key="00000000-0000-4000-8000-00000000dead")
    place = shop.back.place("shop", "staging")
    number = int(shop.back.runs("shop", "staging")[0].id)
    until = time.monotonic() + 20
    while (record := read(place.run(number, "json"))) is None or not (
        record.over or job in [one["name"] for one in record.jobs]
    ):
        assert time.monotonic() < until
        time.sleep(0.002)
    time.sleep(after)
    with suppress(ProcessLookupError):  # it was faster
        os.kill(record.pid, signal.SIGKILL)
    return shop.end()


def clean(shop: Shop) -> None:
    """As before: v1 runs, and nothing was written down of what came after."""
    place = shop.back.place("shop", "staging")
    link = place.folder / ".back"
    link.symlink_to(f"releases/v1-{shop.repository.commits['v1'][:12]}")
    os.replace(link, place.current)
    for path in (place.folder / "runs").iterdir():
        if not path.name.startswith("000001"):
            path.unlink()
    for path in place.releases.glob("v4-*.json"):
        path.unlink()


def test_killed_at_any_moment_it_is_the_old_one_or_the_new_one(slow: Shop):
    draw = random.Random(14)
    ends: set[tuple[str, str]] = set()
    for number in range(KILLS):
        run = killed(slow, JOBS[number % len(JOBS)], draw.uniform(0, 0.05))
        assert run.after is not None
        assert slow.file("index.html") == {"v1": "One", "v4": "v4"}[run.after.name]
        assert slow.runs() == slow.repository.commits[run.after.name]
        assert slow.back.place("shop", "staging").release(slow.back.place("shop", "staging").runs_now())
        told = {"version": "v4", "commit": slow.repository.commits["v4"]}
        call = slow.call("start", "00000000-0000-4000-8000-00000000dead", environment="staging", **told)
        assert Deploy().reconcile(slow.connection, call) is not None, "it began, so it is not begun again"
        before = len(slow.back.runs("shop", "staging"))
        Deploy().perform(
            slow.connection, slow.call("start", call.key, environment="staging", **told, replaces="x")
        )
        assert len(slow.back.runs("shop", "staging")) == before
        ends.add((run.state.value, run.after.name))
        clean(slow)
    assert ends <= {("lost", "v1"), ("lost", "v4"), ("succeeded", "v4")}
    assert {("lost", "v1"), ("lost", "v4")} <= ends


def test_after_a_kill_the_next_run_tidies_and_works(slow: Shop):
    killed(slow, "build", 0.0)
    run = slow.deploy("v2")
    assert (run.state, slow.file("index.html")) == ("succeeded", "Two")
    lost = slow.back.runs("shop", "staging")[1]
    assert (lost.state, lost.why) == (
        RunState.LOST,
        "Its process ended in the middle. What ran before still runs.",
    )
    names = {path.name.partition("-")[0] for path in slow.back.place("shop", "staging").releases.iterdir()}
    assert names == {"v1", "v2"}


def test_who_begins_it_may_die_before_it_begins(slow: Shop):
    """It was written down and nothing else: the same call begins it, once."""

    def dies(*_: Any) -> None:
        raise KeyboardInterrupt

    told = {
        "version": "v2",
        "commit": slow.repository.commits["v2"],
        "replaces": slow.repository.commits["v1"],
    }
    call = slow.call("start", environment="staging", **told)
    patched = pytest.MonkeyPatch()
    patched.setattr(starting, "_hand_over", dies)
    with pytest.raises(KeyboardInterrupt):
        Deploy().perform(slow.connection, call)
    patched.undo()
    assert Deploy().reconcile(slow.connection, call) is None
    Deploy().perform(slow.connection, call)
    assert slow.end().state == "succeeded"
    assert [run.id for run in slow.back.runs("shop", "staging")] == ["2", "1"]


def test_two_at_once_are_one(shop: Shop, settings: Any):
    shop.deploy("v1")
    pinned(shop, "v4", "build = ['sleep', '30']\n", settings)
    shop.start("v4")
    with pytest.raises(ConnectorError, match="Another run to staging is under way"):
        shop.start("v2")
    shop.do("cancel", environment="staging", run="2")
    assert shop.end().version.name == "v4"
    assert shop.file("index.html") == "One"


def test_a_command_does_not_outlive_its_run(shop: Shop, settings: Any):
    shop.deploy("v1")
    trace = shop.root / "trace"
    code = f"import time; time.sleep(1.0); open({str(trace)!r}, 'w')"
    pinned(shop, "v4", f"build = {python(code)}\n", settings)
    killed(shop, "build", 0.2)
    time.sleep(1.2)
    assert not trace.exists()
