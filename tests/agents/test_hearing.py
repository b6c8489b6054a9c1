"""Connections that tell at once: one process listens to each, what it hears leads to a look, nothing stays broken."""

import time

import pytest
from django.db import connection
from django.utils import timezone

from agents.connections import actions as verbs
from agents.connections.heard import heard, listened
from agents.connections.models import Connection
from agents.connectors.base import ConnectorError, Unavailable
from agents.connectors.chat.models import ChatMessage
from agents.hearing import ear, process
from agents.schedules import arrivals, firing
from agents.schedules.actions import Trigger
from agents.schedules.models import Schedule
from portal.clock.models import Tick
from portal.locking import leave, take
from tests import builders
from tests.agents.bells import bell, start
from tests.agents.scheduled import made
from tests.portal.machine import wait_until
from tests.roles import superuser
from tests.test_architecture import MODULES, name_of

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["bell", "start"]


def waiting(cast, *, name: str = "Portal chat") -> Schedule:
    agent = builders.agent(cast.mia, cast.support, name=f"Of {name}")
    chat = builders.chat(cast.ada, cast.support, name=name)
    builders.grant(agent, chat, "chat.post", by=cast.ada)
    return made(agent, trigger=Trigger(event="chat.mention", connection=chat))


def mention(schedule: Schedule, number: int, cast) -> None:
    other = builders.agent(cast.lea, cast.support, name=f"Digest {number}")
    ChatMessage.objects.create(
        key=f"00000000-0000-0000-0000-{number:012}",
        agent=other,
        on_behalf_of=cast.lea,
        text=f"Look, @{schedule.agent.name.lower()}",
        to_team=cast.support,
        connection=schedule.connection,
        task_number=1,
    )


def test_what_is_heard_starts_a_task_without_the_clock(cast, bell, start):
    schedule = waiting(cast)
    place = schedule.connection
    start()
    wait_until(lambda: heard([place.pk]))
    wait_until(lambda: Schedule.objects.get(pk=schedule.pk).cursor is not None)
    mention(schedule, 1, cast)
    bell.ring()
    wait_until(lambda: schedule.runs.exists(), 5)
    assert Tick.objects.get(name="listen").done_at > timezone.now() - timezone.timedelta(seconds=20)


def test_one_process_has_a_connection_and_another_takes_over(cast, bell, start):
    place = waiting(cast).connection
    take("listens", place.pk)  # as a process on another machine
    start()
    time.sleep(0.5)
    assert not bell.came
    leave("listens", place.pk)
    wait_until(lambda: bell.came[place.pk] == 1)


def test_new_changed_and_removed_connections(cast, bell, start):
    start()
    schedule = waiting(cast)
    place = schedule.connection
    wait_until(lambda: heard([place.pk]))
    verbs.edit(cast.ada, place, name=place.name, settings={"changed": 1})
    wait_until(lambda: bell.came[place.pk] == 2)
    Schedule.objects.update(state="off", next_at=None)
    wait_until(lambda: not listened([place.pk]))
    Schedule.objects.update(state="on")
    wait_until(lambda: heard([place.pk]))
    Connection.objects.update(state="removed")
    wait_until(lambda: not listened([place.pk]))
    assert bell.came[place.pk] == 3


def test_what_breaks_begins_anew(cast, bell, start):
    """The server hangs up, is away for a while, and comes back."""
    place = waiting(cast).connection
    start()
    wait_until(lambda: heard([place.pk]))
    bell.let_in = Unavailable
    bell.hang_up()
    wait_until(lambda: not heard([place.pk]))
    assert listened([place.pk]), "it stays the same process's"
    wait_until(lambda: bell.came[place.pk] > 3)
    bell.let_in = None
    wait_until(lambda: heard([place.pk]))


def test_who_is_refused_is_not_tried_often(cast, bell, start):
    place = waiting(cast).connection
    bell.let_in = ConnectorError
    start()
    wait_until(lambda: bell.came[place.pk] == 1)
    time.sleep(0.5)
    assert bell.came[place.pk] == 1
    assert 30 <= ear.pause(ear.REFUSED, 1, 0.0) <= ear.pause(ear.REFUSED, 1, 1.0) <= 90
    assert ear.pause(ear.AWAY, 50, 1.0) <= 90


def test_a_database_that_restarts_takes_no_ear_away(cast, bell, start):
    schedule = waiting(cast)
    place = schedule.connection
    mine = connection.connection.info.backend_pid
    start()
    wait_until(lambda: heard([place.pk]))
    wait_until(lambda: Schedule.objects.get(pk=schedule.pk).cursor is not None)
    with superuser(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid NOT IN (%s, pg_backend_pid())"
            " AND datname = current_database()",
            [mine],
        )
    mention(schedule, 1, cast)
    bell.ring()
    wait_until(lambda: heard([place.pk]))
    wait_until(lambda: schedule.runs.exists())
    assert bell.came[place.pk] == 1


def test_beyond_so_many_the_clock_looks_and_the_log_says_so(cast, bell, start, monkeypatch, caplog):
    monkeypatch.setattr(process, "MOST", 1)
    first, second = (waiting(cast, name=name).connection for name in ("One", "Two"))
    start()
    wait_until(lambda: heard([first.pk]))
    wait_until(lambda: "1 connections are beyond the 1 of this process" in caplog.text)
    assert not listened([second.pk])
    start()
    wait_until(lambda: heard([second.pk]))


def test_the_clock_looks_seldom_where_it_is_heard(cast, bell, start, monkeypatch):
    waiting(cast)
    firing.beat()
    looks = []
    monkeypatch.setattr(arrivals, "look_at", lambda look: looks.append(look))
    firing.beat()
    assert len(looks) == 1
    monkeypatch.setattr(firing, "heard", lambda connections: set(connections))
    firing.beat()
    assert len(looks) == 1, "looked at a moment ago"
    Schedule.objects.update(looked_at=timezone.now() - 2 * arrivals.SELDOM)
    firing.beat()
    assert len(looks) == 2, "what got lost is found"


def test_only_an_ear_listens():
    listening = {name_of(path) for path in MODULES if "connector.listen(" in path.read_text()}
    assert listening == {"agents.hearing.ear"}
