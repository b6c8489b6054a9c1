"""Asking for grants in the browser, and looking at what one has."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from agents.connections.models import Connection
from agents.grants.models import Grant, GrantRequest
from agents.lifecycle.grants import revoke_grant
from agents.registry.models import Agent
from tests import builders
from tests.cast import Cast, as_

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def agent(cast: Cast) -> Agent:
    return builders.agent(cast.mia, cast.support)


@pytest.fixture
def box(cast: Cast) -> Connection:
    return builders.mail(cast.ada, cast.support)


def day(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def form(**changes: str) -> dict[str, str]:
    """A request as the browser sends it: two capabilities, one of them limited."""
    return {
        "mail-read-wanted": "on",
        "mail-move-wanted": "on",
        "mail-move-limit_folder": "News*, Old",
        "mail-move-uses": "20",
        "until": day(5),
        "why": "to sort the inbox",
        **changes,
    }


def ask(cast: Cast, agent: Agent, box: Connection, who: Any = None, **changes: str) -> Any:
    url = f"{reverse('grants:new', args=[agent.pk])}?connection={box.pk}"
    return as_(who or cast.mia).post(url, form(**changes))


def test_asking_leads_to_the_request(cast: Cast, agent: Agent, box: Connection) -> None:
    answer = ask(cast, agent, box)
    request = GrantRequest.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, request.get_absolute_url())
    move = request.grants.get(capability="mail.move")
    assert (move.limits, move.max_uses) == ({"folder": {"only": ["News*", "Old"]}}, 20)
    assert timezone.localdate(move.ends_at).isoformat() == day(5)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"why": ""}, "Say why"),
        ({"until": ""}, "Choose the day"),
        ({"until": "soon"}, "Write a date"),
        ({"until": day(-1)}, "not be in the past"),
        ({"until": day(91)}, "for 90 days, until"),
        ({"mail-move-uses": "0"}, "1 to 1,000,000"),
        ({"mail-move-uses": "many"}, "whole number"),
        ({"mail-move-limit_folder": "*@a b"}, "several addresses"),
        ({"mail-move-limit_folder": "x" * 300}, "nothing could ever be"),
        ({"mail-read-wanted": "", "mail-move-wanted": ""}, "Tick at least one"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    cast: Cast, agent: Agent, box: Connection, changes: dict[str, str], words: str
) -> None:
    answer = ask(cast, agent, box, **changes)
    assert answer.status_code == 422
    assert not GrantRequest.objects.exists()
    page = answer.content.decode()
    assert words in page
    for name, value in form(**changes).items():
        assert value in page or value == "on" or name == "until"


def test_what_is_not_ticked_may_hold_anything(cast: Cast, agent: Agent, box: Connection) -> None:
    assert ask(cast, agent, box, **{"mail-draft-uses": "many"}).status_code == 302


def test_only_who_manages_the_agent_asks(cast: Cast, agent: Agent, box: Connection) -> None:
    assert [ask(cast, agent, box, who).status_code for who in (cast.lea, cast.olga)] == [403, 404]


def test_a_connection_that_one_cannot_see_cannot_be_asked_for(
    cast: Cast, agent: Agent, box: Connection
) -> None:
    other = builders.chat(cast.ada, cast.sales)
    answer = ask(cast, agent, other)
    assert answer.status_code == 200
    assert "Portal chat" not in answer.content.decode()
    assert not GrantRequest.objects.exists()
    wild = as_(cast.mia).get(reverse("grants:new", args=[agent.pk]), {"connection": "x"})
    assert wild.status_code == 200


def test_the_only_connection_is_chosen_already(cast: Cast, agent: Agent, box: Connection) -> None:
    page = as_(cast.mia).get(reverse("grants:new", args=[agent.pk])).content.decode()
    assert "What Support mailbox offers" in page
    assert "At worst, it reads everything" in page


def test_without_any_connection_the_page_says_what_to_do(cast: Cast, agent: Agent) -> None:
    page = as_(cast.mia).get(reverse("grants:new", args=[agent.pk])).content.decode()
    assert "No connection to request access to" in page


def test_the_button_says_what_it_will_do(cast: Cast, agent: Agent, box: Connection) -> None:
    url = reverse("grants:new", args=[agent.pk])
    url = f"{url}?connection={box.pk}"
    part = as_(cast.mia).post(url, form(), **HTMX)
    assert "these 2 capabilities until" in part.content.decode()
    assert "<html" not in part.content.decode()
    unclear = as_(cast.mia).post(url, form(until="x"), **HTMX)
    assert "Request access" in unclear.content.decode()


def test_the_page_of_a_grant_and_its_end(cast: Cast, agent: Agent, box: Connection) -> None:
    grant = builders.grant(agent, box, "mail.read", by=cast.ada)
    page = as_(cast.lea).get(grant.get_absolute_url()).content.decode()
    assert "Mia Park requested access" in page
    assert "Ada Osei granted" in page
    assert "Revoke this grant" not in page
    url = reverse("grants:revocation", args=[grant.pk])
    assert as_(cast.lea).post(url).status_code == 403
    assert as_(cast.olga).post(url).status_code == 404
    assert as_(cast.mia).get(url).status_code == 405
    assert "Revoke this grant" in as_(cast.ada).get(grant.get_absolute_url()).content.decode()
    page = as_(cast.ada).post(url, {"why": "no longer needed"}, follow=True).content.decode()
    assert "under this grant is refused" in page
    assert "no longer needed" in page
    assert "Request it again" in as_(cast.mia).get(grant.get_absolute_url()).content.decode()
    again = as_(cast.mia).post(url, follow=True).content.decode()
    assert "ended already" in again


def test_the_list_is_filtered_paged_and_ones_own(
    cast: Cast, agent: Agent, box: Connection, django_assert_num_queries: Any
) -> None:
    for number in range(30):
        builders.grant(
            builders.agent(cast.mia, cast.support, name=f"Helper {number}"), box, "mail.read", by=cast.ada
        )
    first = Grant.objects.order_by("id").first()
    assert first
    revoke_grant(cast.ada, first)
    url, mia = reverse("grants:inbox"), as_(cast.mia)

    def shown(**filters: str) -> int:
        return mia.get(url, filters).context["page_obj"].paginator.count

    assert shown() == 30
    assert shown(state="live") == 29
    assert shown(state="revoked") == 1
    assert shown(state="live", agent="helper 2") == 11
    assert shown(connection="support") == 30
    assert shown(connection="nowhere") == 0
    assert "page 2 of 2" in mia.get(url, {"page": 2}).content.decode()
    assert as_(cast.olga).get(url).context["page_obj"].paginator.count == 0
    assert "<html" not in mia.get(url, **HTMX).content.decode()
    mia.get(url, **HTMX)
    with django_assert_num_queries(7):  # session, person, roles, count, rows, two for what may be revoked
        mia.get(url, **HTMX)
