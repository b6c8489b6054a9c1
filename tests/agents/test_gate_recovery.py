"""After a stop: a call that no worker goes on with is closed as its system says, and then the stop is confirmed."""

import time
from types import SimpleNamespace

import pytest
from django.db import connection
from django.utils import timezone

from agents.connectors.base import CallContext, ConnectorError, Result
from agents.gate import recovery
from agents.lifecycle.stops import set_stop
from agents.queue import claims
from agents.queue.models import Call
from agents.stops.models import Stop
from portal import locking
from portal.audit.models import Entry
from tests.agents.gated import Died, Scene, here, strange  # noqa: F401

pytestmark = pytest.mark.django_db
S = Call.State


@pytest.fixture
def dies(here: Scene, monkeypatch):
    """``dies(text)``: the row of a call whose worker died at it. ``dies.connector`` says what became of it."""
    connector, place = strange(here.cast, here.agent, monkeypatch)

    def performs(context: CallContext) -> Result:
        raise Died

    def call(text: str = "one") -> Call:
        connector.performs = performs
        with pytest.raises(Died):
            here.call("strange.write", on=place, text=text)
        connector.performs = lambda context: pytest.fail("it was repeated")
        return Call.objects.latest("pk")

    call.connector = connector
    return call


def stopped(here: Scene) -> Stop:
    """Everything is stopped, and the dead worker's session is gone: nobody holds the task."""
    claims.let_go(here.task)
    stop = set_stop(here.cast.ada, scope=Stop.Scope.EVERYTHING, why="a drill")
    assert not confirmed(stop)
    return stop


def confirmed(stop: Stop) -> bool:
    stop.refresh_from_db()
    return stop.confirmed_at is not None


def ended(row: Call) -> tuple[str, str]:
    row.refresh_from_db()
    return row.state, row.outcome


def answers(outcome: Result | Exception | None):
    def reconciles(context: CallContext) -> Result | None:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return reconciles


@pytest.mark.parametrize(
    ("outcome", "state", "said", "entry"),
    [
        (None, S.FAILED, "It was interrupted before it happened, and then stopped.", "call.failed"),
        (Result({}, "Did it", {"done": 1}), S.DONE, "Did it", None),
        (ConnectorError("cannot tell"), S.UNKNOWN, None, "call.unknown"),
        (RuntimeError("odd"), S.UNKNOWN, None, "call.unknown"),
    ],
)
def test_it_is_closed_as_its_system_says_and_the_stop_is_confirmed(
    here, dies, caplog, outcome, state, said, entry
):
    row = dies()
    stop = stopped(here)
    dies.connector.reconciles = answers(outcome)
    recovery.close_orphaned_calls()
    assert ended(row) == (state, said or row.outcome)
    assert confirmed(stop)
    assert caplog.messages == (
        [f"{row} could not be reconciled"] if isinstance(outcome, RuntimeError) else []
    )
    told = Entry.objects.filter(target_type="call", target_id=row.pk).exclude(event="call.allowed")
    assert [(one.event, one.actor_name) for one in told] == (
        [(entry, str(here.agent) if entry == "call.failed" else "Agent Portal")] if entry else []
    )


def test_without_a_stop_the_next_worker_sees_to_it(here, dies):
    row = dies()
    claims.let_go(here.task)
    recovery.close_orphaned_calls()
    assert ended(row)[0] == S.STARTED


def test_a_call_that_a_process_holds_is_left_and_the_stop_waits(here, dies, caplog, monkeypatch):
    row, other = dies(), dies("two")
    stop = stopped(here)
    worker = connection.copy()
    monkeypatch.setattr(locking, "time", SimpleNamespace(monotonic=time.monotonic))  # no round waits for it
    try:
        with worker.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_lock{locking.KEY}", ["agents_call", str(row.pk)])
        recovery.close_orphaned_calls()
    finally:
        worker.close()
    assert (ended(row)[0], ended(other)[0], confirmed(stop)) == (S.STARTED, S.FAILED, False)
    assert caplog.messages == [f"{row} is still under way: its process lives"]
    recovery.close_orphaned_calls()
    assert (ended(row)[0], confirmed(stop)) == (S.FAILED, True)


def test_one_that_was_decided_anew_meanwhile_is_not_closed(here, dies, monkeypatch):
    row, other = dies(), dies("two")
    stopped(here)
    seen = recovery.orphans()
    Call.objects.filter(pk=row.pk).update(started_at=timezone.now())
    Call.objects.filter(pk=other.pk).update(state=S.DONE)
    monkeypatch.setattr(recovery, "orphans", lambda: seen)
    recovery.close_orphaned_calls()
    assert (ended(row)[0], ended(other)[0]) == (S.STARTED, S.DONE)


def test_one_that_breaks_does_not_keep_the_others_and_a_round_is_bounded(here, dies, monkeypatch, caplog):
    rows = [dies(text) for text in ("one", "two", "three")]
    stop = stopped(here)
    monkeypatch.setattr(recovery, "AT_MOST", 2)
    closes = recovery._close
    monkeypatch.setattr(recovery, "_close", lambda row: closes(row) if row != rows[0] else 1 / 0)
    recovery.close_orphaned_calls()
    assert [ended(row)[0] for row in rows] == [S.STARTED, S.FAILED, S.STARTED]
    assert caplog.messages == [f"{rows[0]} could not be closed; the others go on"]
    monkeypatch.setattr(recovery, "_close", closes)
    recovery.close_orphaned_calls()
    assert ({ended(row)[0] for row in rows}, confirmed(stop)) == ({S.FAILED}, True)
