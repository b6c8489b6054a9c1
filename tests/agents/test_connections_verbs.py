"""Connections through their pages: rights given and taken, stopped, removed."""

import pytest
from django.urls import reverse

from agents.connections.models import Connection
from agents.permissions import ConnectionPermission
from agents.stops.models import Stop
from portal.audit.models import Entry
from tests import builders
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(cast: Cast) -> Connection:
    return builders.mail(cast.ada, cast.support)


def url(name: str, box: Connection) -> str:
    return reverse(f"connections:{name}", args=[box.pk])


def test_rights_through_the_page(cast: Cast, box: Connection):
    client = as_(cast.ada)
    given = client.post(
        url("rights", box), {"holder": cast.lea.email, "rights": [ConnectionPermission.GRANT]}, follow=True
    )
    assert "Lea Brandt has these rights now" in given.text
    assert as_(cast.lea).get(url("stop", box)).status_code == 200
    for wrong in ({"holder": "nobody", "rights": ["agents.view_connection"]}, {"holder": cast.lea.email}):
        assert client.post(url("rights", box), wrong).status_code == 422
    assert client.post(url("rights", box), {"holder": "Sales", "rights": ["all"]}).status_code == 422
    taken = client.post(url("take", box), {"holder": f"person-{cast.lea.pk}"}, follow=True)
    assert "has no rights on Support mailbox any more" in taken.text
    last = client.post(url("take", box), {"holder": f"person-{cast.ada.pk}"}, follow=True)
    assert "is the last person who may" in last.text
    assert (
        "These rights were removed already."
        in client.post(url("take", box), {"holder": "person-0"}, follow=True).text
    )


def test_stopping_and_using_again(cast: Cast, box: Connection):
    client = as_(cast.ada)
    assert client.post(url("stop", box), {"why": ""}).status_code == 422
    stopped = client.post(url("stop", box), {"why": "It moves"}, follow=True).text
    assert "No agent can use this connection" in stopped
    assert "Ada Osei has already stopped this." in client.post(url("stop", box), {"why": "Again"}).text
    assert "stopped" in as_(cast.mia).get(reverse("connections:list")).text
    stop = Stop.objects.active().get()
    assert as_(cast.mia).post(reverse("stops:lifting", args=[stop.pk])).status_code == 403
    client.post(reverse("stops:lifting", args=[stop.pk]))
    assert not Stop.objects.active().exists()
    assert [one.event for one in Entry.objects.about(box)][-2:] == ["stop.set", "stop.lifted"]


def test_removing_says_which_grants_end(cast: Cast):
    agent, box = builders.triage(cast)
    asked = as_(cast.ada).get(url("removal", box)).text
    every = len(box.connector.capabilities)
    assert f"{every} grants end" in asked
    assert str(agent) in asked
    assert agent.grants.live().count() == every
    assert "is removed" in as_(cast.ada).post(url("removal", box), follow=True).text
    assert not agent.grants.live().exists()
    page = as_(cast.ada).get(url("detail", box)).text
    assert "This connection is removed" in page
    assert "Test it now" not in page
