"""What notices about access say; and nobody is told what they did themselves."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents.connections.models import Connection
from agents.grants import actions as grants
from agents.grants.models import GrantRequest
from agents.grants.terms import Terms
from agents.lifecycle.grants import revoke_grant
from agents.lifecycle.stops import set_stop
from agents.lifecycle.tasks import cancel_task
from agents.stops.models import Stop
from portal.notices.models import Notice
from portal.reasons import OTHERS, public, render_reason
from tests import builders
from tests.agents.asking import running
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


def test_nobody_is_told_what_they_did_themselves(cast: Cast):
    task, _ = running(cast)
    cancel_task(cast.mia, task, why="Enough")
    assert told("task.stopped") == []
    set_stop(cast.mia, scope=Stop.Scope.AGENT, agent=task.agent, why="Enough")
    assert "Mia" not in told("stop.set")
