"""A shared mailbox: an admin signs in for it, as the mailbox and as no person."""

from collections.abc import Iterator
from typing import Any

import pytest

from agents import gate
from agents.connections import actions as connections
from agents.connections import signing_in
from agents.connections.access import Access
from agents.connections.models import Connection
from agents.connectors.base import ConnectorError
from agents.lifecycle.connections import remove_connection
from agents.permissions import ConnectionPermission
from portal.accounts import actions as people
from portal.audit.models import Entry
from portal.people.models import Person
from tests import builders
from tests.agents import transcripts
from tests.agents.oidc import Provider
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db
SUPPORT = "support@example.com"


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    running = Provider()
    running.account, settings.OAUTH = SUPPORT, running.said
    yield running
    running.close()


def signs_in(person: Person, provider: Provider, box: Connection) -> str:
    browser = as_(person)
    away = browser.get(f"/connections/{box.pk}/sign-in/company/")
    return browser.get(provider.sign_in(away["Location"]), follow=True).text


def test_agents_act_as_the_mailbox(cast: Cast, provider: Provider) -> None:
    box = builders.mail(cast.ada, cast.support)
    assert "Signed in." in signs_in(cast.ada, provider, box)
    assert (box.context().account, box.context().token(), box.acts_as) == (SUPPORT, provider.issued[0], "")
    page = as_(cast.ada).get(box.get_absolute_url()).text
    assert f"As {SUPPORT}" in page
    assert "by Ada Osei" in page
    agent = builders.agent(cast.mia, cast.support)
    builders.grant(agent, box, "mail.list", by=cast.ada)
    task = transcripts.running(cast.mia, agent)
    gate.call(
        task, transcripts.step(task), 0, tool_call_id="1", tool_name="mail_list", capability="mail.list",
        connection=box.pk, arguments={"folder": "INBOX"},
    )  # fmt: skip
    assert str(Entry.objects.get(event="call.allowed")) == f"{agent} listed messages in {box}"


def test_only_as_the_mailbox_and_never_as_a_person(cast: Cast, provider: Provider) -> None:
    box = builders.mail(cast.ada, cast.support)
    provider.account = cast.ada.email
    assert f"You signed in as {cast.ada.email}. Sign in as {SUPPORT}" in signs_in(cast.ada, provider, box)
    box.settings |= {"address": cast.mia.email}
    box.save()
    provider.account = cast.mia.email
    assert "a person&#x27;s own account" in signs_in(cast.ada, provider, box)
    assert Access.objects.count() == 0
    assert provider.good == set(), "what is not kept is given back"
    with pytest.raises(ConnectorError, match="Nobody has signed in"):
        box.context().token()


def test_who_may_not_manage_it_may_not_sign_in(cast: Cast, provider: Provider) -> None:
    box = builders.mail(cast.ada, cast.support)
    assert as_(cast.mia).get(f"/connections/{box.pk}/sign-in/company/").status_code == 403
    assert "Sign in at" not in as_(cast.mia).get(box.get_absolute_url()).text
    assert as_(cast.olga).get(f"/connections/{box.pk}/sign-in/company/").status_code == 404
    chat = builders.chat(cast.ada, cast.support)
    assert as_(cast.ada).get(f"/connections/{chat.pk}/sign-in/company/").status_code == 404


def test_it_outlasts_who_signed_in_and_ends_with_the_connection(cast: Cast, provider: Provider) -> None:
    """As a password would that they had entered."""
    box = builders.mail(cast.ada, cast.support)
    connections.give(
        cast.ada, box, holder=cast.lea, rights=[ConnectionPermission.VIEW, ConnectionPermission.MANAGE]
    )
    signs_in(cast.lea, provider, box)
    people.deactivate(cast.ada, cast.lea)
    assert box.context().token() == provider.issued[0]
    remove_connection(cast.ada, box)
    signing_in.revoke_ended()
    assert provider.good == set()
