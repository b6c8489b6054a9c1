"""Who sees which agent and connection: the short way gives the same answer as guardian, for everybody."""

import pytest
from guardian.shortcuts import get_objects_for_user

from agents.connections import actions as connections
from agents.connections.models import Connection
from agents.lifecycle.agents import share_agent, unshare_agent
from agents.pages.registry.queries import shares
from agents.permissions import AgentPermission, ConnectionPermission, Level, StopPermission
from agents.registry.models import Agent
from tests import builders
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(cast: Cast) -> list[Agent]:
    """Agents of both teams, shared in every way there is."""
    made = [builders.agent(cast.mia, cast.support, name=f"Support {n}") for n in range(4)]
    made += [builders.agent(cast.olga, cast.sales, name=f"Sales {n}") for n in range(4)]
    share_agent(cast.mia, made[0], reader=cast.olga, level=Level.VIEWER)
    share_agent(cast.mia, made[1], reader=cast.sales, level=Level.OPERATOR)
    share_agent(cast.mia, made[2], reader=cast.finn, level=Level.MANAGER)
    share_agent(cast.olga, made[4], reader=cast.support, level=Level.MANAGER)
    share_agent(cast.olga, made[5], reader=cast.lea, level=Level.OPERATOR)
    unshare_agent(cast.mia, made[3], reader=cast.support)
    return made


def test_the_same_agents_as_guardian_for_everybody(cast: Cast, many: list[Agent]):
    for person in cast.everyone().values():
        theirs = get_objects_for_user(person, AgentPermission.VIEW, klass=Agent)
        assert set(Agent.objects.visible_to(person)) == set(theirs), person


def test_the_same_single_rights_as_guardian_for_everybody(cast: Cast, many: list[Agent]):
    for person in cast.everyone().values():
        for agent in many:
            for permission in AgentPermission:
                theirs = person.has_perm(permission) or person.has_perm(permission, agent)
                assert agent.permits(person, permission) == theirs, (person, agent, permission)


def test_one_statement_however_many(cast: Cast, many: list[Agent], django_assert_num_queries):
    cast.olga.has_perm(AgentPermission.VIEW)  # the roles are read once in a request
    with django_assert_num_queries(1):
        assert len(Agent.objects.visible_to(cast.olga)) == 6
    with django_assert_num_queries(1):
        many[0].permits(cast.olga, AgentPermission.VIEW)


def test_who_has_an_agent_in_order_and_as_what(cast: Cast, many: list[Agent]):
    share_agent(cast.mia, many[0], reader=cast.aud, level=Level.OPERATOR)
    told = [(str(share.holder), share.level.label, share.owner) for share in shares(many[0])]
    assert told == [
        ("Mia Park", "Manager", True),
        ("Aud Lindqvist", "Operator", False),
        ("Olga Petrova", "Viewer", False),
        ("Support", "Viewer", False),
    ]


def test_connections_are_seen_by_right_and_shared_ones_by_role(cast: Cast):
    box = builders.mail(cast.ada, cast.support)
    path = builders.maildir(cast.mia.email)
    own = connections.add(
        cast.mia, kind="mail", name="Mine", settings={"path": str(path), "address": cast.mia.email}
    )
    seen = {name: set(Connection.objects.visible_to(one)) for name, one in cast.everyone().items()}
    nothing: set[Connection] = set()
    assert seen == {
        "ada": {box}, "lea": {box}, "mia": {box, own}, "finn": nothing, "aud": nothing, "olga": nothing,
    }  # fmt: skip
    assert not own.permits(cast.ada, ConnectionPermission.VIEW)
    assert not own.permits(cast.ada, StopPermission.SET)
    assert set(Connection.objects.grantable_by(cast.ada)) == {box}
    assert set(Connection.objects.grantable_by(cast.mia)) == {own}
