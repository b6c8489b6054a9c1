"""A clearance allows the calls that it names, as often as it says. Who may give it, and how wide it may be."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from agents.clearances.models import Clearance, ClearanceUse
from agents.connections import actions as connections
from agents.connectors.chat.models import ChatMessage
from agents.grants.models import Grant
from agents.nights import actions
from agents.permissions import ConnectionPermission
from agents.queue.models import Call
from agents.schedules import actions as schedules
from agents.schedules.models import Schedule
from portal.accounts import actions as people
from portal.audit.models import Entry
from tests.agents.evenings import Evening, evening
from tests.agents.scheduled import at
from tests.cast import Cast

pytestmark = pytest.mark.django_db
S = Call.State


@pytest.fixture
def here(cast: Cast) -> Evening:
    return evening(cast)


def test_it_allows_what_it_names_as_often_as_it_says(here: Evening):
    assert here.post().state == S.ASKED
    clearance = here.clear(most=2)
    first, other, second, third = here.post(), here.post(to=here.cast.olga.email), here.post(), here.post()
    assert [row.state for row in (first, other, second, third)] == [S.DONE, S.ASKED, S.DONE, S.ASKED]
    assert here.codes(first) == ["cleared"]
    assert here.codes(third) == ["grant_asks"]
    assert ChatMessage.objects.count() == 2
    clearance.refresh_from_db()
    assert (clearance.used, clearance.left) == (2, 0)
    assert set(ClearanceUse.objects.values_list("call", flat=True)) == {first.pk, second.pk}
    assert here.grant.pk == first.grant_id
    assert Grant.objects.get(pk=here.grant.pk).used == 2
    entry = Entry.objects.get(event="clearance.given")
    assert (entry.details["capability"], entry.details["most"]) == ("chat.post", 2)


def test_a_link_still_asks_and_a_call_that_goes_on_counts_once(here: Evening):
    here.clear(most=3)
    here.task.refresh_from_db()
    row = here.post("Words")
    assert row.state == S.DONE
    Call.objects.filter(pk=row.pk).update(state=S.LATER)
    assert here.post("Words", number=row.position).state == S.DONE
    assert Clearance.objects.get().used == 1
    assert here.post(to=f"{here.cast.lea.email} ").state == S.ASKED


def test_it_is_not_for_runs_that_a_person_starts(cast: Cast):
    here = evening(cast, how="hand")
    here.clear()
    assert here.post().state == S.ASKED


def test_a_second_person_clears_what_needs_one_and_nobody_else(cast: Cast):
    here = evening(cast, second_person=True)
    own = here.clear()
    assert (own.second_person, here.post().state) == (False, S.ASKED)
    with pytest.raises(ValidationError, match="You cannot clear this"):
        here.clear(cast.lea)
    connections.give(cast.ada, here.room, holder=cast.lea, rights=[ConnectionPermission.APPROVE])
    here.clear(cast.lea, most=9)
    assert here.post().state == S.DONE
    connections.take(cast.ada, here.room, holder=cast.lea)
    assert here.post().state == S.ASKED
    connections.give(cast.ada, here.room, holder=cast.lea, rights=[ConnectionPermission.APPROVE])
    assert here.post().state == S.DONE
    people.deactivate(cast.ada, cast.lea)
    assert here.post().state == S.ASKED


def test_nobody_clears_for_others_what_needs_no_second_person(cast: Cast, here: Evening):
    with pytest.raises(ValidationError, match="Only the person of the schedule"):
        here.clear(cast.ada)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"most": 0}, "from 1 to"),
        ({"most": 51}, "from 1 to 50"),
        ({"hours": 0}, "coming morning"),
        ({"hours": 40}, "coming morning"),
    ],
)
def test_it_is_small_and_short(here: Evening, wrong: dict, says: str):
    with pytest.raises(ValidationError, match=says):
        here.clear(**wrong)


def test_it_is_never_wider_than_the_grant(here: Evening):
    Grant.objects.filter(pk=here.grant.pk).update(limits={"to": {"only": ["Support"]}})
    here.grant.refresh_from_db()
    with pytest.raises(ValidationError, match="outside of what the grant allows"):
        here.clear()
    Grant.objects.filter(pk=here.grant.pk).update(limits={}, max_uses=3)
    here.grant.refresh_from_db()
    with pytest.raises(ValidationError, match="from 1 to 3"):
        here.clear(most=4)
    Schedule.objects.update(envelope=[])
    with pytest.raises(ValidationError, match="ended or changed"):
        here.clear()


def test_the_same_once_more_is_the_same_and_another_replaces_it(here: Evening):
    with at(timezone.now()):
        first = here.clear(most=2)
        assert here.clear(most=2).pk == first.pk
    other = here.clear(most=3)
    assert list(Clearance.objects.open().values_list("pk", flat=True)) == [other.pk]
    schedules.switch_off(here.cast.mia, here.schedule)
    with pytest.raises(ValidationError, match="switched off"):
        here.clear()
    with pytest.raises(ValidationError, match="taken back already"):
        actions.withdraw(here.cast.mia, first)
