"""A limit on calls on one connection at once: kept in races, in the order in which they waited, without a worker."""

import threading

import pytest

from agents.connections.models import Connection
from agents.connectors.base import Result
from agents.gate import room
from agents.queue import actions as tasks
from agents.queue.models import Call, Task
from portal.audit.record import PORTAL
from tests.agents import transcripts
from tests.agents.at_once import at_once
from tests.agents.gated import Scene, scene, strange

S = Call.State


@pytest.mark.django_db(transaction=True)
def test_of_calls_at_once_as_many_begin_as_may_and_who_waited_longest_goes_next(cast, monkeypatch):
    here = scene(cast)
    connector, place = strange(cast, here.agent, monkeypatch)
    Connection.objects.filter(pk=place.pk).update(most_at_once=1)
    held, begun, at_work, most = threading.Event(), threading.Event(), [0], [0]
    lock = threading.Lock()

    def performs(context):
        with lock:
            at_work[0] += 1
            most[0] = max(most[0], at_work[0])
        begun.set()
        held.wait(20)
        with lock:
            at_work[0] -= 1
        return Result({}, "Did it")

    connector.performs = performs
    scenes = [here, *(_beside(here, number) for number in range(3))]
    threads = at_once_waiting(scenes, place, begun, held)
    assert sorted(threads) == [S.DONE, S.LATER, S.LATER, S.LATER]
    assert most == [1]
    waiting = list(Call.objects.filter(state=S.LATER).order_by("pk"))
    assert {row.ending["code"] for row in waiting} == {"place_full"}
    assert {(row.grant_id, row.reasons == []) for row in waiting} == {(None, True)}
    late = _beside(here, 9)
    assert late.call("strange.write", on=place, text="late").state == S.LATER  # three were before it
    by_task = {one.task.pk: one for one in [*scenes, late]}
    second = by_task[waiting[1].task_id].again(waiting[1])
    assert second.state == S.LATER  # one was before it
    for row in [*waiting, Call.objects.latest("pk")]:
        assert by_task[row.task_id].again(row).state == S.DONE
    assert most == [1]
    assert len(connector.done) == len(set(connector.done)) == 5


def _beside(here: Scene, number: int) -> Scene:
    task = transcripts.running(here.cast.mia, here.agent, f"Task {number}")
    return Scene(here.cast, here.agent, here.box, here.chat, task, transcripts.step(task))


def at_once_waiting(scenes, place, begun, held) -> list[str]:
    """Each calls at the same moment; the one that began goes on when the others were told to wait."""

    def call(one: Scene) -> str:
        row = one.call("strange.write", on=place, text="Hello")
        return row.state

    def release() -> str:
        assert begun.wait(20)
        end = threading.Event()
        for _ in range(200):
            if Call.objects.filter(state=S.LATER).count() == len(scenes) - 1:
                break
            end.wait(0.05)
        held.set()
        return ""

    ends = at_once(*(lambda one=one: call(one) for one in scenes), release)
    assert all(isinstance(end, str) for end in ends), ends
    return ends[:-1]


@pytest.mark.django_db
def test_a_task_without_room_waits_without_a_worker_and_is_tried_when_there_is_some(cast, monkeypatch):
    here = scene(cast)
    _, place = strange(cast, here.agent, monkeypatch)
    Connection.objects.filter(pk=place.pk).update(most_at_once=1)
    sent: list[int] = []
    monkeypatch.setattr("agents.gate.room.send", lambda task: sent.append(task.pk))
    first = here.call("strange.write", on=place, text="one")
    assert first.state == S.DONE
    Call.objects.filter(pk=first.pk).update(state=S.STARTED)
    other = _beside(here, 1)
    row = other.call("strange.write", on=place, text="two")
    assert (row.state, row.outcome) == (
        S.LATER,
        "Strange allows 1 call of agents at once, and all are under way.",
    )
    tasks.put_off(PORTAL, other.task, why=row.ending, seconds=2)
    room._wake(Connection.objects.get(pk=place.pk))
    assert sent == [other.task.pk]
    assert Task.objects.due().filter(pk=other.task.pk).exists()
