"""Who is told of asks, access, tasks, stops and connections; who is not; and when it is settled."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents import sweep
from agents.approvals import actions as approvals
from agents.approvals.models import Approval
from agents.approvals.telling import closing
from agents.connections import actions as connections
from agents.connections import health
from agents.connections.models import Connection
from agents.grants import actions as grants
from agents.grants.models import GrantRequest
from agents.grants.terms import Terms
from agents.lifecycle.agents import hand_over_agent
from agents.lifecycle.grants import revoke_grant
from agents.lifecycle.stops import lift_stop, set_stop
from agents.lifecycle.tasks import cancel_task, fail_task
from agents.permissions import ConnectionPermission
from agents.stops.models import Stop
from portal.audit.record import PORTAL
from portal.notices.models import Notice
from portal.reasons import OTHERS, because, public, render_reason
from tests import builders
from tests.agents.asking import asked, running
from tests.cast import Cast

pytestmark = pytest.mark.django_db
CANARY = "Zebrafink"


def told(kind: str, *, open_only: bool = False) -> list[str]:
    rows = Notice.objects.filter(kind=kind)
    rows = rows.filter(settled_at__isnull=True) if open_only else rows
    return sorted(name.split()[0] for name in rows.values_list("person__display_name", flat=True))


def outside() -> str:
    """All that left the portal, or would."""
    return " ".join(render_reason(public(row.reason), OTHERS) for row in Notice.objects.all())


@pytest.mark.parametrize("second_person", [False, True])
def test_an_ask_reaches_who_may_answer_and_is_settled_by_the_answer(cast: Cast, second_person: bool):
    task, room = running(cast, second_person=second_person)
    connections.give(cast.ada, room, holder=cast.olga, rights=[ConnectionPermission.APPROVE])
    ask = asked(task, room, said=CANARY)
    people = told("ask.waits")
    assert ("Mia" in people, "Olga" in people) == (not second_person, second_person)
    assert {"Lea", "Finn", "Aud"}.isdisjoint(people)
    row = Notice.objects.filter(kind="ask.waits").first()
    assert row is not None
    assert row.link == ask.get_absolute_url()
    assert CANARY not in outside()
    approvals.answer(cast.olga if second_person else cast.mia, ask, yes=False)
    assert told("ask.waits", open_only=True) == []


def test_before_it_closes_they_are_told_once_more(cast: Cast):
    ask = asked(*running(cast))
    assert list(closing(Approval.objects.all())) == []
    now = timezone.now()
    times = {"asked_at": now - timedelta(hours=23), "expires_at": now + timedelta(hours=1)}
    Approval.objects.filter(pk=ask.pk).update(**times)
    sweep.sweep()
    sweep.sweep()
    assert told("ask.closes") == ["Mia"]
    Approval.objects.filter(pk=ask.pk).update(expires_at=now - timedelta(seconds=1))
    sweep.sweep()
    assert told("ask.closes", open_only=True) == told("ask.waits", open_only=True) == []


def request(cast: Cast, agent: Any, box: Connection) -> GrantRequest:
    wanted, until = {"mail.read": Terms(), "mail.move": Terms()}, timezone.now() + timedelta(days=5)
    return grants.request(cast.mia, agent=agent, connection=box, wanted=wanted, ends_at=until, why=CANARY)


def test_access_who_decides_then_who_asked_then_who_loses_it(cast: Cast):
    agent, box = builders.agent(cast.mia, cast.support), builders.mail(cast.ada, cast.support)
    row = request(cast, agent, box)
    assert told("grant.waits") == ["Ada"]
    reading = row.grants.get(capability="mail.read")
    granted = {reading.pk: Terms(max_uses=3)}
    grants.decide(cast.ada, row, granted=granted, ends_at=reading.ends_at, note=CANARY)
    assert told("grant.waits", open_only=True) == []
    assert told("grant.decided") == ["Mia"]
    text = Notice.objects.get(kind="grant.decided").text
    assert "granted 1 of 2 that you requested (1 with narrower limits) on" in text
    assert CANARY in text
    reading.refresh_from_db()
    revoke_grant(cast.ada, reading, why=CANARY)
    assert told("grant.ended") == ["Mia"]
    assert CANARY not in outside()


def test_a_request_that_is_withdrawn_waits_for_nobody(cast: Cast):
    agent, box = builders.agent(cast.mia, cast.support), builders.mail(cast.ada, cast.support)
    grants.withdraw(cast.mia, request(cast, agent, box))
    assert told("grant.waits", open_only=True) == []


def test_a_task_that_failed(cast: Cast):
    task, _ = running(cast)
    fail_task(PORTAL, task, reason=because("worker_gone"), counts={})
    assert told("task.failed") == ["Mia"]


def test_a_task_that_another_stopped(cast: Cast):
    task, _ = running(cast)
    cancel_task(cast.ada, task, why=CANARY)
    assert told("task.stopped") == ["Mia"]
    assert CANARY in Notice.objects.get(kind="task.stopped").text
    assert CANARY not in outside()


def test_nobody_is_told_what_they_did_themselves(cast: Cast):
    task, _ = running(cast)
    cancel_task(cast.mia, task, why="Enough")
    assert told("task.stopped") == []
    set_stop(cast.mia, scope=Stop.Scope.AGENT, agent=task.agent, why="Enough")
    assert "Mia" not in told("stop.set")


def test_a_stop_reaches_whom_it_holds_up_and_its_end_too(cast: Cast):
    _, room = running(cast)
    stop = set_stop(cast.ada, scope=Stop.Scope.CONNECTION, connection=room, why=CANARY)
    assert told("stop.set") == ["Mia"]
    lift_stop(cast.ada, stop)
    assert told("stop.set", open_only=True) == []
    assert told("stop.lifted") == ["Mia"]
    everything = set_stop(cast.ada, scope=Stop.Scope.EVERYTHING, why=CANARY)
    assert told("stop.set", open_only=True) == ["Aud", "Finn", "Lea", "Mia", "Olga"]
    lift_stop(cast.ada, everything)
    assert CANARY not in outside()


def test_a_new_owner(cast: Cast):
    agent = builders.agent(cast.mia, cast.support)
    hand_over_agent(cast.mia, agent, owner=cast.lea)
    assert told("agent.given") == ["Lea"]


def test_a_connection_breaks_and_works_again_and_its_credentials_end(cast: Cast):
    box = builders.mail(cast.ada, cast.support)
    health._broke(PORTAL, box, timezone.now())
    assert "Ada" in told("connection.broke")
    assert {"Mia", "Olga"}.isdisjoint(told("connection.broke"))
    health._recovered(PORTAL, box, timezone.now())
    assert told("connection.broke", open_only=True) == []
    assert "Ada" in told("connection.recovered")
    Connection.objects.filter(pk=box.pk).update(secret_ends_at=timezone.now() + timedelta(days=3))
    sweep.sweep()
    sweep.sweep()
    assert told("connection.ends").count("Ada") == 1
