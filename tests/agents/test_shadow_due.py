"""When a call that was only written down is due for a look: its age, and where the agent itself could look."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agents.connections.models import Connection
from agents.gate.shadow_observer import FORGOTTEN, RESTS, SETTLED, due
from agents.lifecycle.stops import lift_stop, set_stop
from agents.queue.models import Call, Task
from agents.queue.states import TaskState
from agents.registry.models import AgentPersonShare, AgentTeamShare
from agents.stops.models import Stop
from tests.agents.gated import Scene
from tests.agents.shadowed import watched, written
from tests.cast import Cast

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def here(cast: Cast, monkeypatch) -> Scene:
    return watched(cast, monkeypatch)


AGES = {
    "settled a week after": (
        {"decided_at": -SETTLED - timedelta(hours=2), "observed_at": -timedelta(hours=1)},
        0,
    ),
    "not settled": ({"decided_at": -SETTLED, "observed_at": -timedelta(hours=1)}, 1),
    "never seen": ({"decided_at": -SETTLED - timedelta(hours=2), "observed_at": None}, 1),
    "forgotten": ({"decided_at": -FORGOTTEN - SECOND, "observed_at": None}, 0),
    "not forgotten": ({"decided_at": -FORGOTTEN + 9 * SECOND, "observed_at": None}, 1),
    "a moment ago": ({"observed_at": -RESTS + 9 * SECOND}, 0),
    "rested": ({"observed_at": -RESTS - SECOND}, 1),
    "done by now": ({"state": Call.State.FAILED}, 0),
}


def test_when_a_call_is_due(here):
    (row,) = written(here, "one")
    as_it_was = {"decided_at": row.decided_at, "state": row.state}
    for age, (changes, number) in AGES.items():
        now = timezone.now()
        moved = {name: now + one if isinstance(one, timedelta) else one for name, one in changes.items()}
        Call.objects.update(**{**as_it_was, **moved})
        assert due().count() == number, age


def stops(here: Scene, scope: Stop.Scope, **what: object) -> int:
    stop = set_stop(here.cast.ada, scope=scope, why="a drill", **what)
    found = due().count()
    lift_stop(here.cast.ada, stop)
    return found


def test_only_where_the_agent_itself_could_look(here):
    (row,) = written(here, "one", over=False)
    assert due().count() == 0
    Task.objects.update(state=TaskState.SUCCEEDED)
    assert list(due(here.agent.pk)) == [row]
    assert due(here.agent.pk + 1).count() == 0
    assert stops(here, Stop.Scope.EVERYTHING) == 0
    assert stops(here, Stop.Scope.CONNECTION, connection=here.place) == 0
    assert stops(here, Stop.Scope.CONNECTION, connection=here.box) == 1
    assert stops(here, Stop.Scope.CAPABILITY, capability="strange.write") == 0
    assert stops(here, Stop.Scope.CAPABILITY, capability="strange.read") == 1
    place = Connection.objects.filter(pk=here.place.pk)
    own = [
        ({"person": person, "team": None}, number)
        for person, number in ((here.cast.lea, 0), (here.cast.mia, 1))
    ]
    for changes, number in [({"state": "removed"}, 0), *own]:
        before = place.values("state", "person", "team").get()
        place.update(**changes)
        assert due().count() == number
        place.update(**before)
    assert due().count() == 1
    AgentPersonShare.objects.all().delete()
    AgentTeamShare.objects.all().delete()
    assert due().count() == 0
