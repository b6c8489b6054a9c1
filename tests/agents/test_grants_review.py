"""Who can still use a connection, and taking it back: one with one click, all of it after one question."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from agents.connections.models import Connection
from agents.grants.models import Grant
from agents.grants.terms import Terms
from agents.lifecycle.grants import revoke_grant, revoke_grants
from agents.pages.grants import review
from agents.registry.models import Agent
from portal.audit.models import Entry
from tests import builders
from tests.cast import Cast, as_

S = Grant.State


@pytest.fixture
def box(cast: Cast) -> Connection:
    return builders.mail(cast.ada, cast.support)


@pytest.fixture
def agent(cast: Cast, box: Connection) -> Agent:
    """Mia's agent with two grants on the mailbox and one in the chat."""
    made = builders.agent(cast.mia, cast.support)
    folders = Terms({"folder": {"only": ["News*"]}}, max_uses=9, always_ask=True)
    builders.grant(made, box, "mail.move", by=cast.ada, terms=folders)
    builders.grant(made, box, "mail.read", by=cast.ada)
    builders.grant(made, builders.chat(cast.ada, cast.support), "chat.post", by=cast.ada)
    return made


def states(**which: Any) -> set[str]:
    return set(Grant.objects.filter(**which).values_list("state", flat=True))


def test_the_review_says_who_can_do_what_until_when(cast: Cast, agent: Agent, box: Connection) -> None:
    other = builders.agent(cast.lea, cast.support, name="Digest")
    ended = builders.grant(other, box, "mail.read", by=cast.ada)
    builders.grant(other, box, "mail.list", by=cast.ada)
    revoke_grant(cast.ada, ended)
    page = as_(cast.ada).get(reverse("grants:on", args=[box.pk])).content.decode()
    for words in (
        "Which agents can use Support mailbox?",
        "Folder only “News*”",
        "9 times at most",
        "asks each time",
        "Mia Park's",
        "Lea Brandt's",
        "never used",
    ):
        assert words in page, words
    assert "chat" not in page.split("<main")[1]
    assert page.count("> Revoke </button>") == 3
    answer = as_(cast.ada).get(reverse("grants:on", args=[box.pk]), {"capability": "mail.list"})
    assert [line.grant.agent for line in answer.context["page_obj"]] == [other]
    assert as_(cast.lea).get(reverse("grants:on", args=[box.pk])).status_code == 403


def test_one_click_takes_one_back_and_leads_back_to_the_list(
    cast: Cast, agent: Agent, box: Connection
) -> None:
    grant = agent.grants.get(capability="mail.read")
    url = reverse("grants:revocation", args=[grant.pk])
    for person, back, where in (
        (cast.ada, "on", reverse("grants:on", args=[box.pk])),
        (cast.mia, "of", reverse("grants:of", args=[agent.pk])),
        (cast.mia, "inbox", reverse("grants:inbox")),
        (cast.mia, "https://evil.example", grant.get_absolute_url()),
    ):
        assert as_(person).post(url, {"back": back})["Location"] == where
    assert states(pk=grant.pk) == {S.REVOKED}
    assert states(capability="mail.move") == {S.ACTIVE}


@pytest.mark.parametrize("capability", ["mail.read", ""])
def test_all_of_a_capability_or_all_of_a_connection(
    cast: Cast, agent: Agent, box: Connection, capability: str
) -> None:
    builders.grant(builders.agent(cast.lea, cast.support, name="Digest"), box, "mail.read", by=cast.ada)
    url = reverse("grants:end-on", args=[box.pk]) + (f"?capability={capability}" if capability else "")
    page = as_(cast.ada).get(url).content.decode()
    assert ("Revoke all 2" if capability else "Revoke all 3") in page
    assert states() == {S.ACTIVE}
    for person, code in ((cast.mia, 403), (cast.olga, 404)):
        assert as_(person).post(url).status_code == code
    assert as_(cast.ada).post(url, {"why": "the audit"})["Location"] == reverse("grants:on", args=[box.pk])
    assert states(connection=box, capability="mail.read") == {S.REVOKED}
    assert states(connection=box, capability="mail.move") == ({S.ACTIVE} if capability else {S.REVOKED})
    assert states(capability="chat.post") == {S.ACTIVE}
    entry = Entry.objects.get(event="grants.revoked")
    assert (entry.target_id, entry.details["why"]) == (box.pk, "the audit")
    assert Entry.objects.filter(event="grant.revoked").count() == len(entry.details["grants"])
    if not capability:
        again = as_(cast.ada).post(url, follow=True).content.decode()
        assert "nothing left to revoke" in again


def test_everything_of_an_agent(cast: Cast, agent: Agent, box: Connection) -> None:
    other = builders.grant(
        builders.agent(cast.lea, cast.support, name="Digest"), box, "mail.read", by=cast.ada
    )
    url = reverse("grants:end-of", args=[agent.pk])
    assert "Revoke all 3" in as_(cast.mia).get(url).content.decode()
    assert as_(cast.lea).post(url).status_code == 403
    as_(cast.mia).post(url)
    assert states(agent=agent) == {S.REVOKED}
    assert states(pk=other.pk) == {S.ACTIVE}
    assert "It has no access" in as_(cast.mia).get(reverse("grants:of", args=[agent.pk])).content.decode()


def test_all_or_none_of_them(cast: Cast, agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    grants = review.live_of(agent)
    ended = revoke_grant

    def fails_at_last(actor: Any, grant: Grant, **said: Any) -> Grant:
        if grant.capability == "chat.post":
            raise ValidationError("This grant has ended already.")
        return ended(actor, grant, **said)

    monkeypatch.setattr("agents.lifecycle.grants.revoke_grant", fails_at_last)
    with pytest.raises(ValidationError):
        revoke_grants(cast.mia, agent, grants=grants)
    assert states(agent=agent) == {S.ACTIVE}
    assert not Entry.objects.filter(event__in=["grant.revoked", "grants.revoked"]).exists()


def test_buttons_stand_where_one_may(cast: Cast, agent: Agent) -> None:
    url = reverse("grants:of", args=[agent.pk])
    for person, buttons, everything in ((cast.mia, 3, True), (cast.ada, 3, False), (cast.lea, 0, False)):
        page = as_(person).get(url).content.decode()
        assert page.count("> Revoke </button>") == buttons, person
        assert ("Revoke everything" in page) is everything
        assert (
            as_(person).get(reverse("grants:inbox")).content.decode().count("> Revoke </button>") == buttons
        )


def test_a_long_review_is_paged_with_a_fixed_number_of_queries(
    cast: Cast, agent: Agent, box: Connection, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        helper = builders.agent(cast.mia, cast.support, name=f"Helper {number}")
        builders.grant(helper, box, "mail.read", by=cast.ada)
    ada, url = as_(cast.ada), reverse("grants:on", args=[box.pk])
    page = ada.get(url).content.decode()
    assert "page 1 of 2" in page
    assert "Revoke all 31" in page
    with django_assert_max_num_queries(20):
        ada.get(url)
