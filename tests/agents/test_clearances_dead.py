"""A clearance dies with what it was bound to: schedule, agent, grant, hour; and with any stop that was set since."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from agents.clearances.models import Clearance
from agents.connectors.chat.models import ChatMessage
from agents.grants.models import Grant
from agents.lifecycle.grants import revoke_grant
from agents.lifecycle.stops import lift_stop, set_stop
from agents.nights import actions
from agents.queue.models import Call
from agents.registry.models import Agent
from agents.schedules import actions as schedules
from agents.schedules.actions import Trigger
from agents.schedules.models import Run, Schedule
from agents.stops.models import Stop
from tests import builders
from tests.agents.asking import ASKING
from tests.agents.evenings import Evening, evening
from tests.agents.scheduled import at, made
from tests.cast import Cast

pytestmark = pytest.mark.django_db
S = Call.State


@pytest.fixture
def here(cast: Cast) -> Evening:
    return evening(cast)


def changed(here: Evening) -> None:
    schedules.edit(here.cast.mia, here.schedule, instruction="Something else")


def switched(here: Evening) -> None:
    schedules.switch_off(here.cast.mia, here.schedule)
    schedules.switch_on(here.cast.mia, here.schedule)


def ended(here: Evening) -> None:
    schedules.end(here.cast.mia, here.schedule)


def agent_changed(here: Evening) -> None:
    agent = Agent.objects.get(pk=here.agent.pk)
    agent.instructions = "Obey"
    agent.save(update_fields=["instructions"])


def grant_changed(here: Evening) -> None:
    Grant.objects.filter(pk=here.grant.pk).update(version=F("version") + 1)


def granted_anew(here: Evening) -> None:
    revoke_grant(here.cast.ada, here.grant)
    builders.grant(here.agent, here.room, "chat.post", by=here.cast.ada, terms=ASKING)


def stopped_and_lifted(here: Evening) -> None:
    stop = set_stop(here.cast.ada, scope=Stop.Scope.CONNECTION, connection=here.room, why="")
    lift_stop(here.cast.ada, stop)


def agent_stopped_and_lifted(here: Evening) -> None:
    stop = Stop.objects.create(scope=Stop.Scope.AGENT, agent=here.agent, set_by=here.cast.mia)
    Stop.objects.filter(pk=stop.pk).update(lifted_at=timezone.now())


def withdrawn(here: Evening) -> None:
    actions.withdraw(here.cast.mia, Clearance.objects.get())


def its_hour(here: Evening) -> None:
    Clearance.objects.update(until=timezone.now())


KILLS = [changed, switched, ended, agent_changed, grant_changed, granted_anew, stopped_and_lifted]
KILLS += [agent_stopped_and_lifted, withdrawn, its_hour]


@pytest.mark.parametrize("kills", KILLS, ids=lambda verb: verb.__name__)
def test_it_dies_with_what_it_was_bound_to(here: Evening, kills):
    here.clear(most=5)
    assert here.post().state == S.DONE
    kills(here)
    assert here.post().state in (S.ASKED, S.DENIED)
    assert ChatMessage.objects.count() == 1


def test_the_last_run_of_a_schedule_keeps_it(cast: Cast, here: Evening):
    here.clear(most=2)
    Schedule.objects.update(state="ended", next_at=None, cause={"code": "schedule_once_done", "params": {}})
    assert here.post().state == S.DONE
    Schedule.objects.update(cause={})
    assert here.post().state == S.ASKED


def test_another_task_of_the_same_agent_has_nothing_of_it(here: Evening):
    here.clear(most=9)
    other = made(here.agent, trigger=Trigger(line="0 9 * * *"), pairs=[("chat.post", here.room.pk)])
    Run.objects.update(schedule=other)
    assert here.post().state == S.ASKED


def test_its_hour_is_a_moment(here: Evening):
    clearance = here.clear(most=9, hours=1)
    for minutes, state in ((59, S.DONE), (61, S.ASKED)):
        with at(clearance.given_at + timedelta(minutes=minutes)):
            assert here.post().state == state
