"""Many calls at once under one clearance: no use too many, and none after it was taken back."""

import pytest

from agents.clearances.models import Clearance, ClearanceUse
from agents.connectors.chat.models import ChatMessage
from agents.grants.models import Grant
from agents.nights import actions
from agents.queue.models import Call
from tests.agents.at_once import at_once, while_open
from tests.agents.evenings import Evening, evening

pytestmark = pytest.mark.django_db(transaction=True)
S = Call.State


@pytest.fixture
def here(cast) -> Evening:
    return evening(cast)


def test_no_call_too_many_however_many_come_at_once(here: Evening):
    clearance = here.clear(most=3)
    ends = at_once(*(lambda number=number: here.post(number=number) for number in range(1, 11)))
    assert [end for end in ends if isinstance(end, Exception)] == []
    went = [row for row in ends if row.state == S.DONE]
    assert {row.state for row in ends} == {S.DONE, S.ASKED}
    clearance.refresh_from_db()
    used = set(ClearanceUse.objects.values_list("call", flat=True))
    assert (len(went), clearance.used, used) == (3, 3, {row.pk for row in went})
    assert ChatMessage.objects.count() == 3
    assert Grant.objects.get(pk=here.grant.pk).used == 3


def test_where_the_grant_has_fewer_uses_the_clearance_gives_back_what_did_not_go(here: Evening):
    here.clear(most=5)
    Grant.objects.filter(pk=here.grant.pk).update(max_uses=2)
    ends = at_once(*(lambda number=number: here.post(number=number) for number in range(1, 7)))
    assert sorted(row.state for row in ends) == [S.DENIED] * 4 + [S.DONE] * 2
    assert Clearance.objects.get().used == 2


def test_taking_it_back_waits_for_the_decision_that_came_first_and_none_follows(here: Evening):
    clearance = here.clear(most=5)
    row, _ = while_open(here.post, lambda: actions.withdraw(here.cast.mia, clearance))
    assert row.verdict == "allow"
    assert here.post().state == S.ASKED


def test_a_decision_that_read_it_before_it_was_taken_back_asks(here: Evening):
    clearance = here.clear(most=5)
    _, row = while_open(lambda: actions.withdraw(here.cast.mia, clearance), here.post)
    assert row.state == S.ASKED
    assert not ChatMessage.objects.exists()
