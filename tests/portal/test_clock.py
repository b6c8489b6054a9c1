"""The clock: what is due is begun once, however many clocks there are, and by the database's time."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from celery.schedules import crontab

from portal import later, plugins
from portal.celery import app
from portal.clock import due
from portal.clock.models import Tick
from portal.clock.scheduler import Clock
from portal.plugins import Beat
from portal.sessions import database_now
from tests.agents.at_once import at_once
from tests.agents.queues import own_queue, sent
from tests.portal.machine import wait_until

NOW = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)
NIGHTLY = Beat("w", crontab(hour=2, minute=40))


def tick(*, begun: float | None = None, done: float | None = None) -> Tick:
    """Begun and done so many seconds ago."""
    ago = [None if seconds is None else NOW - timedelta(seconds=seconds) for seconds in (begun, done)]
    return Tick(name="x", begun_at=ago[0], done_at=ago[1])


@pytest.mark.parametrize(
    ("beat", "last", "is_due"),
    [
        (Beat("w", 15), tick(), True),
        (Beat("w", 15), tick(begun=14, done=13), False),
        (Beat("w", 15), tick(begun=14.6, done=13), True),
        (Beat("w", 15), tick(begun=30), False),  # sent, and no worker has done it
        (Beat("w", 15), tick(begun=61), True),  # the message counts as lost
        (Beat("w", 300), tick(begun=700), False),
        (Beat("w", 15, here=True), tick(begun=30), True),  # the clock that began it may be dead
        (Beat("w", 15), tick(begun=-3 * 3600), True),  # the database's clock was put back
        (NIGHTLY, tick(begun=60), False),
        (NIGHTLY, tick(begun=20 * 60 + 1), True),
        (NIGHTLY, tick(begun=3 * 24 * 3600), True),
    ],
)
def test_when_it_is_due(beat, last, is_due):
    assert due.due(beat, last, NOW) is is_due


@pytest.mark.django_db
def test_an_hour_of_before_the_first_start_was_not_missed():
    assert due.begin({"often": Beat("w", 15), "nightly": NIGHTLY}) == {"often": None}
    assert due.begin({"often": Beat("w", 15), "nightly": NIGHTLY}) == {}
    Tick.objects.update(begun_at=database_now() - timedelta(days=2), done_at=database_now())
    assert set(due.begin({"often": Beat("w", 15), "nightly": NIGHTLY}, leave=["often"])) == {"nightly"}


@pytest.mark.django_db(transaction=True)
def test_of_many_clocks_one_begins_it():
    beats = {f"entry {number}": Beat("w", 60) for number in range(10)}
    for _ in range(3):
        taken = at_once(*(lambda: due.begin(beats) for _ in range(4)))
        assert sorted(name for found in taken for name in found) == sorted(beats)
        Tick.objects.update(begun_at=database_now() - timedelta(hours=1))


@pytest.mark.django_db(transaction=True)
def test_some_of_it_runs_here_and_the_rest_is_sent(monkeypatch):
    mine, ran = Clock(app, lazy=True), []
    app.loader.import_default_modules()
    monkeypatch.setattr(
        app.tasks["agents.rescue"], "run", lambda: ran.append(threading.current_thread().name)
    )
    chosen = {name: beat for name, beat in plugins.beats().items() if name in ("rescue", "seal")}
    monkeypatch.setattr(plugins, "beats", lambda: chosen)
    with own_queue():
        assert mine.tick() == 1.0
        wait_until(lambda: not mine.under_way)
        mine.tick()
        wait_until(lambda: not mine.under_way)
        assert (ran, sent()) == (["rescue"], [("portal.seal", [])])
    assert list(Tick.objects.filter(done_at__isnull=False).values_list("name", flat=True)) == ["rescue"]


@pytest.mark.django_db(transaction=True)
def test_what_could_not_be_sent_is_due_again(monkeypatch):
    def away(worker: str) -> None:
        raise ConnectionRefusedError("nobody there")

    mine, nightly = Clock(app, lazy=True), Beat("portal.check_trail", crontab(hour=3, minute=40))
    monkeypatch.setattr(plugins, "beats", lambda: {"check_trail": nightly})
    monkeypatch.setattr(later, "send", away)
    before = database_now() - timedelta(days=2)
    Tick.objects.create(name="check_trail", begun_at=before)
    mine.tick()
    wait_until(lambda: not mine.under_way)
    assert Tick.objects.get().begun_at == before
    assert due.begin({"check_trail": nightly}, leave=mine.paused) == {}  # but not at once
    assert due.begin({"check_trail": nightly}) == {"check_trail": before}
