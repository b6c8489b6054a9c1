"""Agents, connections and stops."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents import sweep
from agents.connections import actions as connections
from agents.connections import health
from agents.connections.models import Connection
from agents.lifecycle.agents import hand_over_agent, retire_agent, share_agent, unshare_agent
from agents.lifecycle.connections import remove_connection
from agents.lifecycle.stops import lift_stop, set_stop
from agents.openings import actions as openings
from agents.openings.models import Opening
from agents.permissions import ConnectionPermission, Level
from agents.registry.models import Agent
from agents.stops.models import Stop
from portal.audit.record import PORTAL
from portal.teams import actions as teams
from portal.teams.models import Membership
from tests import builders
from tests.agents.asking import running
from tests.cast import Cast
from tests.told.row import WORDS, Row

Patch = pytest.MonkeyPatch


def soon(**length: float) -> Any:
    return timezone.now() + timedelta(**length)


def handed_over(cast: Cast, patch: Patch) -> Agent:
    return hand_over_agent(cast.mia, builders.agent(cast.mia, cast.support), owner=cast.lea)


def shared(cast: Cast, patch: Patch) -> Agent:
    """With Olga's team; she is in it alone."""
    agent = builders.agent(cast.mia, cast.support)
    share_agent(cast.mia, agent, reader=cast.sales, level=Level.OPERATOR)
    return agent


def unshared(cast: Cast, patch: Patch) -> Agent:
    """Ada takes it from Olga and Finn, who has it by another share too."""
    agent = shared(cast, patch)
    teams.add_member(PORTAL, cast.sales, person=cast.finn, role=Membership.Role.MEMBER)
    share_agent(cast.mia, agent, reader=cast.finn, level=Level.VIEWER)
    return unshare_agent(cast.ada, agent, reader=cast.sales)


def handed_on(cast: Cast, patch: Patch) -> Agent:
    """By Ada, so that Mia hears that it is not hers any more."""
    return hand_over_agent(cast.ada, builders.agent(cast.mia, cast.support), owner=cast.lea)


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
    Row("agent.given", "Lea", handed_over, lambda cast, agent: retire_agent(cast.lea, agent)),
    Row(
        "agent.shared",
        "Olga",
        shared,
        lambda cast, agent: unshare_agent(cast.mia, agent, reader=cast.sales),
        by_clock=False,
    ),
    Row("agent.shared", "Olga", shared, lambda cast, agent: retire_agent(cast.mia, agent), case="retired"),
    Row("agent.lost", "Olga", unshared),
    Row("agent.passed", "Mia", handed_on),
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
