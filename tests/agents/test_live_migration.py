"""Live agents of before a yes was given for each connection: on which of them they go on acting for real."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone
from guardian.shortcuts import assign_perm

from agents.connections.models import Connection
from agents.grants.models import Grant
from agents.permissions import ConnectionPermission
from agents.registry.models import Agent, LiveYes
from portal.people.models import Person
from tests import builders
from tests.cast import Cast

migration = import_module("agents.migrations.0011_live_yes")
pytestmark = pytest.mark.django_db


@pytest.fixture
def before(cast: Cast) -> tuple[Agent, dict[str, Connection]]:
    """Ada let Mia's agent go live yesterday; of its four connections she grants on one, and Sales on another."""
    agent = builders.agent(cast.mia, cast.support)
    places = {
        "hers": builders.mail(cast.ada, cast.support),
        "by team": builders.chat(cast.ada, cast.support, name="Sales chat"),
        "of others": builders.chat(cast.ada, cast.support, name="Other chat"),
        "own": builders.own_mail(cast.mia),
    }
    for name, place in places.items():
        kind = "mail.read" if place.kind == "mail" else "chat.post"
        builders.grant(agent, place, kind, by=cast.mia if name == "own" else cast.ada)
    for place in (places["by team"], places["of others"]):
        place.connectionpersonright_set.all().delete()
    assign_perm(ConnectionPermission.GRANT, cast.sales.group, places["by team"])
    LiveYes.objects.all().delete()
    live_at = timezone.now() - timedelta(days=1)
    Agent.objects.filter(pk=agent.pk).update(live_by=cast.ada, live_at=live_at)
    Grant.objects.update(decided_at=live_at - timedelta(days=1))
    agent.refresh_from_db()
    return agent, places


def migrated(agent: Agent) -> dict[Connection, Person]:
    migration.who_said_yes(apps, None)
    return {yes.connection: yes.by for yes in LiveYes.objects.current().filter(agent=agent)}


def test_it_stays_live_where_who_let_it_go_live_grants(before, cast: Cast):
    agent, places = before
    assert migrated(agent) == {places["hers"]: cast.ada}


def test_and_where_they_grant_by_a_team(before, cast: Cast):
    agent, places = before
    Agent.objects.filter(pk=agent.pk).update(live_by=cast.olga)
    assert migrated(agent) == {places["by team"]: cast.olga}


def test_and_where_somebody_granted_while_it_was_live(before, cast: Cast):
    """One yes for each connection, also with several grants there; its first granter's."""
    agent, places = before
    Grant.objects.filter(connection=places["own"]).update(decided_at=timezone.now())
    builders.grant(agent, places["own"], "mail.list", by=cast.mia)
    LiveYes.objects.all().delete()
    assert migrated(agent) == {places["hers"]: cast.ada, places["own"]: cast.mia}


def test_a_grant_that_is_over_and_an_agent_in_shadow_have_no_yes(before):
    agent, places = before
    Grant.objects.filter(connection=places["hers"]).update(state=Grant.State.REVOKED)
    assert migrated(agent) == {}
    Grant.objects.update(state=Grant.State.ACTIVE)
    Agent.objects.filter(pk=agent.pk).update(mode=Agent.Mode.SHADOW, live_by=None, live_at=None)
    assert migrated(agent) == {}


def test_on_the_others_it_goes_on_in_shadow(before):
    agent, places = before
    migrated(agent)
    assert set(agent.undecided()) == set(places.values()) - {places["hers"]}
