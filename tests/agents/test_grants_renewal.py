"""Renewal proposes what was used lately, on the same terms or narrower ones, and nothing else."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from agents.connections.models import Connection
from agents.grants.models import Grant, GrantRequest
from agents.grants.terms import Terms
from agents.lifecycle.grants import revoke_grant
from agents.pages.grants import review
from agents.registry.models import Agent
from tests import builders
from tests.cast import Cast, as_

FOLDERS = Terms({"folder": {"only": ["News*"]}}, max_uses=10, always_ask=True, hours=(8, 18))


@pytest.fixture
def box(cast: Cast) -> Connection:
    return builders.mail(cast.ada, cast.support)


@pytest.fixture
def agent(cast: Cast, box: Connection) -> Agent:
    """Moved mails yesterday, read one two months ago, never listed any."""
    made = builders.agent(cast.mia, cast.support)
    for capability, terms, days in (
        ("mail.move", FOLDERS, 1),
        ("mail.read", Terms(), 60),
        ("mail.list", Terms(), None),
    ):
        grant = builders.grant(made, box, capability, by=cast.ada, terms=terms, days=14)
        if days is not None:
            used = timezone.now() - timedelta(days=days)
            Grant.objects.filter(pk=grant.pk).update(last_used_at=used, used=1)
    return made


def proposed(agent: Agent, box: Connection) -> tuple[list[str], list[str]]:
    used, unused = review.renewal(agent, box)
    return [grant.capability for grant in used], [grant.capability for grant in unused]


def send(cast: Cast, agent: Agent, box: Connection, who: Any = None, **changes: str) -> Any:
    form = {
        "mail-move-wanted": "on",
        "mail-move-limit_folder": "News*",
        "mail-move-uses": "10",
        "mail-move-from_hour": "8",
        "mail-move-until_hour": "18",
        "until": (timezone.localdate() + timedelta(days=20)).isoformat(),
        "why": "It still sorts the newsletters",
        **changes,
    }
    url = f"{reverse('grants:renewal', args=[agent.pk])}?connection={box.pk}"
    return as_(who or cast.mia).post(url, form)


def test_only_what_was_used_is_proposed_and_the_rest_is_named(
    cast: Cast, agent: Agent, box: Connection
) -> None:
    assert proposed(agent, box) == (["mail.move"], ["mail.read", "mail.list"])
    url = f"{reverse('grants:renewal', args=[agent.pk])}?connection={box.pk}"
    answer = as_(cast.mia).get(url)
    page = answer.content.decode()
    assert "Until now: folder only “News*”, only from 8:00 to 18:00 (UTC), 10 times at most" in page
    assert "Not used, so left out" in page
    assert "Never used" in page
    assert answer.context["form"].initial["until"] == timezone.localdate() + timedelta(days=13)
    assert as_(cast.lea).get(url).status_code == 403
    assert as_(cast.olga).get(url).status_code == 404


def test_it_makes_an_ordinary_request_on_the_same_terms(cast: Cast, agent: Agent, box: Connection) -> None:
    answer = send(cast, agent, box)
    request = GrantRequest.objects.latest("id")
    assert answer["Location"] == request.get_absolute_url()
    grant = request.grants.get()
    assert (grant.state, grant.capability) == ("requested", "mail.move")
    assert grant.terms == Terms(FOLDERS.limits, 10, always_ask=True, second_person=False, hours=(8, 18))
    assert as_(cast.ada).get(reverse("grants:request", args=[request.pk])).status_code == 200


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"mail-move-limit_folder": "*"}, "Wider than what was granted: News*"),
        ({"mail-move-limit_folder": ""}, "Wider than what was granted: News*"),
        ({"mail-move-uses": ""}, "At most the 10 that were granted"),
        ({"mail-move-from_hour": "7"}, "more hours than before"),
        ({"mail-move-from_hour": "", "mail-move-until_hour": ""}, "more hours than before"),
        ({"why": ""}, "Say why it is still needed"),
        ({"mail-move-wanted": ""}, "Tick at least one"),
    ],
)
def test_nothing_grows_by_renewing(
    cast: Cast, agent: Agent, box: Connection, changes: dict[str, str], words: str
) -> None:
    before = GrantRequest.objects.count()
    answer = send(cast, agent, box, **changes)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert GrantRequest.objects.count() == before


def test_what_was_not_proposed_cannot_be_slipped_in(cast: Cast, agent: Agent, box: Connection) -> None:
    assert send(cast, agent, box, **{"mail-read-wanted": "on"}).status_code == 302
    assert [one.capability for one in GrantRequest.objects.latest("id").grants.all()] == ["mail.move"]


def test_narrower_is_fine(cast: Cast, agent: Agent, box: Connection) -> None:
    assert send(cast, agent, box, **{"mail-move-limit_folder": "Newsletters"}).status_code == 302
    assert GrantRequest.objects.latest("id").grants.get().limits == {"folder": {"only": ["Newsletters"]}}


def test_what_was_taken_back_or_ended_long_ago_is_not_proposed(
    cast: Cast, agent: Agent, box: Connection
) -> None:
    move = agent.grants.get(capability="mail.move")
    for state, at, there in (
        (Grant.State.SUSPENDED, move.ends_at, True),
        (Grant.State.EXPIRED, timezone.now() - timedelta(days=2), True),
        (Grant.State.EXPIRED, timezone.now() - timedelta(days=31), False),
    ):
        Grant.objects.filter(pk=move.pk).update(state=state, ends_at=at)
        assert ("mail.move" in proposed(agent, box)[0]) is there
    Grant.objects.filter(pk=move.pk).update(
        state=Grant.State.ACTIVE, ends_at=timezone.now() + timedelta(days=1)
    )
    revoke_grant(cast.ada, Grant.objects.get(pk=move.pk))
    assert proposed(agent, box) == ([], ["mail.read", "mail.list"])
    page = as_(cast.mia).get(f"{reverse('grants:renewal', args=[agent.pk])}?connection={box.pk}")
    assert "Nothing was used in the last 30 days" in page.content.decode()


def test_without_a_connection_it_leads_to_the_list(cast: Cast, agent: Agent, box: Connection) -> None:
    url = reverse("grants:renewal", args=[agent.pk])
    for query in ("", "?connection=x", "?connection=999999"):
        assert as_(cast.mia).get(url + query)["Location"] == reverse("grants:of", args=[agent.pk])
