"""Questions and access."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents import sweep
from agents.approvals import actions as approvals
from agents.approvals.models import Approval
from agents.approvals.unclear import Unclear
from agents.connections import actions as connections
from agents.gate.unclear_calls import did_not
from agents.grants import actions as grants
from agents.grants.models import Grant, GrantRequest
from agents.grants.terms import Terms
from agents.lifecycle.agents import hand_over_agent
from agents.lifecycle.connections import remove_connection
from agents.lifecycle.grants import revoke_grant
from agents.permissions import ConnectionPermission
from portal.audit.record import PORTAL
from tests import builders
from tests.agents.asking import asked, running
from tests.agents.gated import scene
from tests.agents.unclear import parked
from tests.cast import Cast
from tests.told.row import WORDS, Row

Patch = pytest.MonkeyPatch


def soon(**length: float) -> Any:
    return timezone.now() + timedelta(**length)


def an_ask(cast: Cast, patch: Patch) -> Approval:
    return asked(*running(cast), to=f"{WORDS}@example.com", said=WORDS)


def an_ask_of_another(cast: Cast, patch: Patch) -> Approval:
    """Olga approves on the connection, so does Ada, who made it."""
    task, room = running(cast, second_person=True)
    connections.give(cast.ada, room, holder=cast.olga, rights=[ConnectionPermission.APPROVE])
    return asked(task, room, to=f"{WORDS}@example.com", said=WORDS)


def an_ask_that_closes(cast: Cast, patch: Patch) -> Approval:
    ask = an_ask(cast, patch)
    Approval.objects.filter(pk=ask.pk).update(asked_at=soon(hours=-23), expires_at=soon(hours=1))
    sweep.sweep()
    sweep.sweep()
    return ask


def an_unclear_call(cast: Cast, patch: Patch) -> Unclear:
    return parked(scene(cast), patch).unclear


def requested(cast: Cast, patch: Patch) -> GrantRequest:
    agent, box = builders.agent(cast.mia, cast.support), builders.mail(cast.ada, cast.support)
    wanted = {"mail.read": Terms(), "mail.move": Terms()}
    return grants.request(
        cast.mia, agent=agent, connection=box, wanted=wanted, ends_at=soon(days=5), why=WORDS
    )


def decided(cast: Cast, patch: Patch) -> None:
    asked_for = requested(cast, patch)
    reading = asked_for.grants.get(capability="mail.read")
    granted = {reading.pk: Terms(max_uses=3)}
    grants.decide(cast.ada, asked_for, granted=granted, ends_at=reading.ends_at, note=WORDS)


def granted_to_leas(cast: Cast) -> Grant:
    """Mia requested it, and now Lea owns the agent."""
    agent, box = builders.agent(cast.mia, cast.support), builders.mail(cast.ada, cast.support)
    grant = builders.grant(agent, box, "mail.read", by=cast.ada, days=20)
    hand_over_agent(cast.mia, agent, owner=cast.lea)
    grant.refresh_from_db()
    return grant


def a_grant_that_ends(cast: Cast, patch: Patch) -> Grant:
    grant = granted_to_leas(cast)
    Grant.objects.filter(pk=grant.pk).update(decided_at=soon(days=-18), ends_at=soon(days=2))
    sweep.sweep()
    sweep.sweep()
    return grant


def revoked(cast: Cast, patch: Patch) -> None:
    revoke_grant(cast.ada, granted_to_leas(cast), why=WORDS)


ROWS = [
    Row("ask.waits", "Mia", an_ask, lambda cast, ask: approvals.answer(cast.mia, ask, yes=False)),
    Row(
        "ask.waits",
        "Ada Olga",
        an_ask_of_another,
        lambda cast, ask: approvals.answer(cast.olga, ask, yes=True),
        case="of another",
    ),
    Row("ask.closes", "Mia", an_ask_that_closes, lambda cast, ask: approvals.expire(PORTAL, ask)),
    Row(
        "unclear.waits",
        "Mia",
        an_unclear_call,
        lambda cast, row: did_not(cast.mia, row),
        words="strange.write",
    ),
    Row("grant.waits", "Ada", requested, lambda cast, row: grants.withdraw(cast.mia, row)),
    Row(
        "grant.waits",
        "Ada",
        requested,
        lambda cast, row: remove_connection(cast.ada, row.connection),
        case="removed",
    ),
    Row("grant.decided", "Mia", decided),
    Row("grant.ends", "Lea Mia", a_grant_that_ends, lambda cast, grant: revoke_grant(cast.ada, grant)),
    Row("grant.ended", "Lea Mia", revoked),
]
