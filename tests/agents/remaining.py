"""What must still work where a connector is deleted. ``test_connectors_deleted`` runs it in a copy of the project."""

import os
from pathlib import Path
from tempfile import mkdtemp

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection as database
from django.urls import reverse

from agents import gate
from agents.connections import actions as connections
from agents.connections.models import Connection
from agents.connectors import connectors
from agents.grants.terms import Terms
from agents.registry.ready import every
from agents.sample import company
from portal.people.models import Person
from portal.teams.models import Team
from tests import builders
from tests.agents import playgrounds, transcripts
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db
ANY = {"only": ["*"]}
WORDS = {"words": "any"}


def slack(admin: Person, team: Team) -> Connection:
    """A workspace that emulate keeps, where it is installed."""
    ground = playgrounds.made("slack", Path(), None).connection
    made = connections.add(
        admin, kind="slack", name="Slack", team=team, settings=ground.settings, secret=ground.secrets
    )
    return connections.allow_inside(admin, made, places=[str(network) for network in ground.inside])


def deploy(admin: Person, team: Team) -> Connection:
    """A service that nothing is deployed of."""
    folder = Path(mkdtemp())
    ground = playgrounds.made("deploy", folder, django_settings).connection
    return connections.add(admin, kind="deploy", name="Shop", team=team, settings=ground.settings)


MAKE = {
    "mail": builders.mail,
    "chat": builders.chat,
    "memory": builders.memory,
    "slack": slack,
    "deploy": deploy,
}
CALLS = {
    "mail": ("mail.list", {}, {}),
    "chat": ("chat.post", {"to": "lea.brandt@example.com", "text": "Hello"}, {"to": ANY, "text": WORDS}),
    "memory": ("memory.note", {"text": "Invoices go to Lea"}, {"text": WORDS}),
    "slack": ("slack.channels", {}, {}),
    "deploy": ("deploy.services", {}, {}),
}


def test_the_deleted_is_gone_and_the_others_are_there() -> None:
    assert sorted(connectors()) == playgrounds.kinds() == sorted(set(CALLS) - {os.environ["DELETED"]})
    gone = set(os.environ["DELETED_TABLES"].split())
    assert not gone & set(database.introspection.table_names())


def test_the_project_is_whole_without_it() -> None:
    """In this process, which has just started: another one for each would take longer than what it does."""
    call_command("check", fail_level="WARNING")
    call_command("makemigrations", check=True, dry_run=True)


def test_pages_open(cast: Cast) -> None:
    agent = builders.agent(cast.mia, cast.support)
    place = MAKE[next(iter(connectors()))](cast.ada, cast.support)
    names = (
        "home",
        "registry:list",
        "registry:new",
        "connections:list",
        "connections:new",
        "queue:list",
        "rights:mine",
    )
    pages = [*map(reverse, names), agent.get_absolute_url(), place.get_absolute_url()]
    pages += [f"{reverse('registry:new')}?ready={ready.key}" for ready in every()]
    pages += [f"{reverse('grants:new', args=[agent.pk])}?connection={place.pk}"]
    for page in pages:
        assert as_(cast.mia).get(page).status_code == 200, page
    field = f"{place.connector.capabilities[0].name.replace('.', '-')}-wanted"
    assert field in as_(cast.mia).get(pages[-1]).text


def test_the_gate_serves_the_others(cast: Cast) -> None:
    for kind in connectors():
        capability, arguments, limits = CALLS[kind]
        agent = builders.agent(cast.mia, cast.support, name=f"With {kind}")
        try:
            place = MAKE[kind](cast.ada, cast.support)
        except pytest.skip.Exception:
            continue  # the part that stands for it is not here
        builders.grant(agent, place, capability, by=cast.ada, terms=Terms(limits=limits))
        task = transcripts.running(cast.mia, agent, "Do what you can")
        step = transcripts.step(task)
        row = gate.call(
            task, step, 1, tool_call_id="call-1", tool_name=capability.replace(".", "_"), capability=capability,
            connection=place.pk, arguments=arguments,
        )  # fmt: skip
        row.refresh_from_db()
        assert row.state == row.State.DONE, (row.state, row.reasons)


def test_the_sample_company_is_made_of_what_is_there() -> None:
    company.create()
