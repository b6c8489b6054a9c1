"""What an erasure leaves of work items and thumbs: nothing that leads to the person, and every number as it was."""

import pytest
from django.db import IntegrityError, transaction

from metering.outcomes import actions as outcomes
from metering.outcomes.figures import Ratings, ratings
from metering.outcomes.models import Acceptance, Attribution, Feedback, WorkItem
from metering.privacy.visibility import PUBLISHING
from metering.rights import actions
from metering.rollups.periods import four_weeks
from portal.accounts import actions as people
from portal.people.models import Person
from portal.people.nobody import no_one
from tests.cast import Cast
from tests.metering.builders import people as made
from tests.metering.outcomes import accepted, ago, by_hand, counting, credited


def erase(cast: Cast, person: Person) -> None:
    Person.objects.filter(manager=person).update(manager=None)
    people.deactivate(cast.ada, person)
    left = Person.objects.get(pk=person.pk)
    actions.erase(cast.ada, left, typed=left.email)


def told(*items: WorkItem) -> list[bool]:
    for item in items:
        item.refresh_from_db()
    return [item.counts for item in items]


@pytest.mark.parametrize("first", ["mia", "lea"])
def test_both_who_asked_and_who_confirmed_may_be_erased(cast: Cast, first):
    item = accepted(
        cast.mia, cast.support, "page-1", by=cast.lea, title="Mia's page", summary="A task of Mia's"
    )
    both = [cast.mia, cast.lea] if first == "mia" else [cast.lea, cast.mia]
    for person in both:
        erase(cast, person)
        assert told(item) == [True]
    assert (item.person, item.verified_by.pk) == (no_one(), cast.lea.pk)
    assert item.verified_by.display_name.startswith("Erased person")
    assert (item.title, item.summary, item.source, item.task, item.agent_id) == ("", "", "", "", None)
    assert counting(PUBLISHING, four_weeks(ago().date())) == 1
    with pytest.raises(IntegrityError, match="workitem_not_by_oneself"), transaction.atomic():
        WorkItem.objects.update(verified_by=no_one())


def test_what_was_shared_or_claimed_stays_so(cast: Cast):
    shared = credited(cast.mia, cast.support, "T-1")
    credited(cast.olga, cast.sales, "T-1")
    alone = credited(cast.mia, cast.support, "T-2")
    for item in (shared, alone):
        outcomes.verify("tickets", item, at=ago(hours=1))
    erase(cast, cast.mia)
    assert told(shared, alone) == [False, True]
    assert not Attribution.objects.filter(person=cast.mia).exists()
    assert credited(cast.olga, cast.sales, "T-2").pk == alone.pk, "it is no new one for whoever comes later"
    assert told(shared, alone) == [False, False]
    erase(cast, cast.olga)
    assert told(shared, alone) == [False, False]


def test_nobody_is_asked_any_more_about_what_an_erased_person_did(cast: Cast):
    item = by_hand(cast.mia, cast.support, "page-1")
    outcomes.ask(cast.mia, item, colleague=cast.lea)
    assert WorkItem.objects.to_confirm_by(cast.lea).exists()
    erase(cast, cast.mia)
    assert not WorkItem.objects.visible_to(cast.lea).exists()
    asked = by_hand(cast.olga, cast.sales, "page-2")
    outcomes.ask(cast.olga, asked, colleague=cast.finn)
    erase(cast, cast.finn)
    outcomes.ask(cast.olga, asked, colleague=cast.lea)
    assert outcomes.confirm(cast.lea, asked).counts


@pytest.mark.parametrize("who", ["mia", "lea"])
def test_of_whom_an_erased_person_confirmed_or_was_confirmed_by_nothing_stays(cast: Cast, who):
    Acceptance.objects.create(by=cast.lea, of=cast.mia, day=ago(days=140).date())
    Acceptance.objects.create(by=cast.olga, of=cast.finn, day=ago(days=140).date())
    erase(cast, getattr(cast, who))
    assert Acceptance.objects.get().by == cast.olga


def test_numbers_of_thumbs_stay_and_lead_to_nobody(cast: Cast):
    voters = made(cast.support, 5)
    for number, person in enumerate(voters):
        Feedback.objects.create(person=person, source="portal", task=str(number), agent_id=7, up=True)
    weeks = four_weeks(ago().date())
    assert ratings(7, cast.mia.pk, weeks) == Ratings(5, None)
    erase(cast, voters[0])
    assert ratings(7, cast.mia.pk, weeks) == Ratings(5, None)
    assert Feedback.objects.get(person=voters[0]).task == ""
