"""A stop during a call, in processes of their own: nothing begins after it; confirmed when nothing is under way."""

import pytest

from agents.approvals.models import Approval
from agents.connectors.chat.models import ChatMessage
from agents.gate.recovery import close_orphaned_calls
from agents.lifecycle.stops import lift_stop
from agents.queue.models import Call, Task
from agents.queue.states import TaskState
from agents.stops.models import Stop
from portal.audit import chain
from tests.agents.gated import Scene, scene
from tests.agents.hands import at, hands, soon, staying
from tests.agents.test_races import asked, end, entry

pytestmark = pytest.mark.django_db(transaction=True)
S = Call.State


@pytest.fixture
def here(cast) -> Scene:
    return scene(cast)


def stopped(hand, here: Scene) -> Stop:
    assert at(soon(), (hand, "stop", here.cast.ada.pk, "chat.post")) == ["stopped"]
    return Stop.objects.active().get()


def test_a_stop_in_the_middle_of_a_call_is_confirmed_when_the_call_has_ended(here):
    """What had begun comes to its end, and only then the page says that the stop holds; nothing else begins."""
    row, grant = asked(here, 1)
    with hands(2) as (one, two):
        with staying(one, here.cast.mia.pk, row.approval.pk, row.pk):
            stop = stopped(two, here)
            assert (stop.confirmed_at, ChatMessage.objects.count()) == (None, 0)
            other = here.call("chat.post", to=here.cast.lea.email, text="Another")
            assert (other.state, other.reasons[0]["code"]) == (S.DENIED, "stopped")
        assert one.stdout.readline().strip() == "done"
    assert end(here, row, grant) is True
    stop.refresh_from_db()
    message = ChatMessage.objects.get()
    assert row.started_at < stop.set_at < message.posted_at < row.finished_at < stop.confirmed_at
    assert entry("call.allowed", row) < entry("stop.set", stop) < entry("stop.confirmed", stop)


def test_a_call_whose_process_lives_is_nobody_elses_to_close(here):
    """Its task has ended and its lease is over, but its worker only stands still: a stop goes on waiting for it."""
    row, _ = asked(here, 1)
    with hands(2) as (one, two):
        with staying(one, here.cast.mia.pk, row.approval.pk, row.pk):
            stop = stopped(two, here)
            Task.objects.filter(pk=row.task_id).update(state=TaskState.CANCELLED, lease_until=None)
            close_orphaned_calls()
            row.refresh_from_db()
            stop.refresh_from_db()
            assert (row.state, stop.confirmed_at, ChatMessage.objects.count()) == (S.STARTED, None, 0)
        assert one.stdout.readline().strip() == "done"
    stop.refresh_from_db()
    assert stop.confirmed_at
    assert ChatMessage.objects.count() == 1


def test_a_stop_and_a_yes_at_once(here):
    """Whichever comes first: what happened was allowed before the stop was, and was done before it was confirmed."""
    mia, done = here.cast.mia.pk, []
    with hands(3) as (one, two, three):
        for number, late in enumerate((None, *(0.008 * one for one in range(-2, 12)), None)):
            row, grant = asked(here, number)
            yes = (one, "answer_and_go_on", mia, row.approval.pk, row.pk)
            stops = (two, "stop", here.cast.ada.pk, "chat.post")
            if late is None:  # one after the other, so that both ends are seen
                for order in (stops, yes) if number == 0 else (yes, stops):
                    at(soon(), order)
            else:
                at(soon(0.1), yes, stops, (three, "go_on", row.pk), late=(0.0, late, late / 2))
            stop = Stop.objects.active().get()
            happened = end(here, row, grant)
            done.append(happened)
            stop.refresh_from_db()
            assert stop.confirmed_at is not None
            if happened:
                message = ChatMessage.objects.get(key=row.key)
                assert entry("call.allowed", row) < entry("stop.set", stop)
                assert message.posted_at < stop.confirmed_at
            else:
                ask = Approval.objects.get(call=row)
                assert ask.used_at is None
                assert row.state in {S.DENIED, S.REFUSED}
            lift_stop(here.cast.ada, stop)
    assert done[0] is False
    assert done[-1] is True
    assert ChatMessage.objects.count() == sum(done)
    assert chain.fault() == {}
