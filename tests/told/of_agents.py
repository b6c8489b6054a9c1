"""Questions, access, agents, connections and stops."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents import sweep
from agents.approvals import actions as approvals
from agents.approvals.models import Approval
from agents.approvals.unclear import Unclear
from agents.connections import actions as connections
from agents.connections import health
from agents.connections.models import Connection
from agents.gate.unclear_calls import did_not
from agents.grants import actions as grants
from agents.grants.models import Grant, GrantRequest
from agents.grants.terms import Terms
from agents.lifecycle.agents import hand_over_agent, retire_agent
from agents.lifecycle.connections import remove_connection
from agents.lifecycle.grants import revoke_grant
from agents.lifecycle.stops import lift_stop, set_stop
from agents.openings import actions as openings
from agents.openings.models import Opening
from agents.permissions import ConnectionPermission
from agents.registry.models import Agent
from agents.stops.models import Stop
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


def handed_over(cast: Cast, patch: Patch) -> Agent:
    return hand_over_agent(cast.mia, builders.agent(cast.mia, cast.support), owner=cast.lea)


def broke(cast: Cast, patch: Patch) -> Connection:
    """Lea looks after it too."""
    box = builders.mail(cast.ada, cast.support)
    connections.give(cast.ada, box, holder=cast.lea, rights=[ConnectionPermission.MANAGE])
    connections.give(cast.ada, box, holder=cast.olga, rights=[ConnectionPermission.GRANT])
    return health._broke(PORTAL, box, timezone.now())


def recovered(cast: Cast, patch: Patch) -> Connection:
    return health._recovered(PORTAL, broke(cast, patch), timezone.now())


def credentials_end(cast: Cast, patch: Patch) -> Connection:
    box = broke(cast, patch)
    Connection.objects.filter(pk=box.pk).update(secret_ends_at=soon(days=3))
    sweep.sweep()
    sweep.sweep()
    return box


def opened(cast: Cast, patch: Patch) -> Opening:
    """To Olga's team; she is in it alone."""
    return openings.give(cast.mia, builders.own_mail(cast.mia), reader=cast.sales, ends_at=soon(days=3))


def stopped(cast: Cast, patch: Patch) -> Stop:
    """Mia's task works on this connection."""
    _, room = running(cast)
    return set_stop(cast.ada, scope=Stop.Scope.CONNECTION, connection=room, why=WORDS)


def all_stopped(cast: Cast, patch: Patch) -> Stop:
    return set_stop(cast.ada, scope=Stop.Scope.EVERYTHING, why=WORDS)


def lifted(cast: Cast, patch: Patch) -> None:
    lift_stop(cast.ada, stopped(cast, patch))


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
    Row("agent.given", "Lea", handed_over, lambda cast, agent: retire_agent(cast.lea, agent)),
    Row(
        "connection.broke",
        "Ada Lea",
        broke,
        lambda cast, box: health._recovered(PORTAL, box, timezone.now()),
    ),
    Row(
        "connection.broke",
        "Ada Lea",
        broke,
        lambda cast, box: remove_connection(cast.ada, box),
        case="removed",
    ),
    Row(
        "connection.recovered",
        "Ada Lea",
        recovered,
        lambda cast, box: health._broke(PORTAL, box, timezone.now()),
    ),
    Row("connection.ends", "Ada Lea", credentials_end, lambda cast, box: remove_connection(cast.ada, box)),
    Row("connection.opened", "Olga", opened, lambda cast, opening: openings.end(cast.mia, opening)),
    Row(
        "connection.opened",
        "Olga",
        opened,
        lambda cast, opening: remove_connection(cast.mia, opening.connection),
        case="removed",
    ),
    Row("stop.set", "Mia", stopped, lambda cast, stop: lift_stop(cast.ada, stop)),
    Row(
        "stop.set",
        "Aud Finn Lea Mia Olga",
        all_stopped,
        lambda cast, stop: lift_stop(cast.ada, stop),
        case="of everything",
    ),
    Row("stop.lifted", "Mia", lifted),
]
