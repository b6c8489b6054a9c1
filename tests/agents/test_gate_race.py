"""Many callers at once, on connections of their own: no use too many, and nothing allowed after it was revoked."""

import pytest

from agents.approvals import actions as approvals
from agents.connectors.chat.models import ChatMessage
from agents.grants.actions import Terms
from agents.lifecycle.grants import revoke_grant
from agents.queue.models import Call
from portal.audit import chain
from portal.audit.models import Entry
from tests import builders
from tests.agents.at_once import at_once, while_open
from tests.agents.gated import Scene, scene

pytestmark = pytest.mark.django_db(transaction=True)
S = Call.State


@pytest.fixture
def here(cast) -> Scene:
    return scene(cast)


def listing(here: Scene, position: int):
    return lambda: here.repeat(position, "mail.list", here.box, {"page": position})


def entry(event: str) -> Entry:
    return Entry.objects.get(event=event)


def test_no_use_too_many_however_many_call_at_once(here):
    here.grant("mail.list").delete()
    grant = builders.grant(here.agent, here.box, "mail.list", by=here.cast.ada, terms=Terms(max_uses=5))
    ends = at_once(*(listing(here, number) for number in range(1, 17)))
    assert [end for end in ends if isinstance(end, Exception)] == []
    allowed = [row for row in ends if row.verdict == "allow"]
    denied = [row for row in ends if row.verdict == "deny"]
    grant.refresh_from_db()
    assert (len(allowed), grant.used, len(denied)) == (5, 5, 11)
    assert {row.reasons[0]["code"] for row in denied} == {"uses_spent"}
    assert Entry.objects.filter(event="call.allowed").count() == 5
    assert Entry.objects.filter(event="call.denied").count() == 11
    assert chain.fault() == {}


def test_a_revocation_waits_for_the_decision_that_came_first(here):
    grant = here.grant("mail.draft")
    row, _ = while_open(here.draft, lambda: revoke_grant(here.cast.ada, grant))
    assert row.verdict == "allow"
    assert entry("call.allowed").pk < entry("grant.revoked").pk
    assert here.draft().reasons[0]["code"] == "grant_inactive"
    assert len(here.drafts()) == 1


def test_a_decision_that_read_the_grant_before_it_was_revoked_does_not_use_it(here):
    grant = here.grant("mail.draft")
    _, row = while_open(lambda: revoke_grant(here.cast.ada, grant), here.draft)
    assert (row.state, row.reasons[0]["code"]) == (S.DENIED, "grant_inactive")
    assert entry("grant.revoked").pk < entry("call.denied").pk
    assert here.drafts() == []
    grant.refresh_from_db()
    assert grant.used == 0


def test_nothing_is_allowed_after_the_revocation_in_the_middle_of_many_calls(here):
    grant = here.grant("mail.list")

    def many(begin: int):
        return lambda: [listing(here, number)().verdict for number in range(begin, begin + 12)]

    *ends, revoked = at_once(many(100), many(200), many(300), lambda: revoke_grant(here.cast.ada, grant))
    assert not isinstance(revoked, Exception)
    assert all("deny" not in end[: end.index("deny")] if "deny" in end else True for end in ends)
    last = max(Entry.objects.filter(event="call.allowed").values_list("pk", flat=True), default=0)
    assert last < entry("grant.revoked").pk
    allowed = sum(end.count("allow") for end in ends)
    grant.refresh_from_db()
    assert grant.used == allowed == Call.objects.filter(state=S.DONE).count()


def test_two_workers_that_go_on_with_one_answered_call_do_it_once(here):
    row = here.post()
    approvals.answer(here.cast.mia, row.approval, yes=True)
    ends = at_once(*[lambda: here.again(row)] * 4)
    assert [end for end in ends if isinstance(end, Exception)] == []
    row.refresh_from_db()
    assert (row.state, ChatMessage.objects.count(), row.grant.used) == (S.DONE, 1, 1)
