"""Work items: distinct, the first task's, verified by the system's word, void when undone soon."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from metering.outcomes import actions
from metering.outcomes.claims import Reversal, Word
from metering.outcomes.models import Attribution, WorkItem
from metering.privacy import visibility
from metering.privacy.visibility import PUBLISHING, Viewer
from metering.rollups.periods import Period, four_weeks
from metering.rollups.sums import per_item
from portal.audit.models import Entry
from tests.cast import Cast
from tests.metering.outcomes import ago, by_hand, claim, counted, counting, credited


def verified(item: WorkItem, **more) -> WorkItem:
    return actions.verify("tickets", item, at=more.pop("at", ago(hours=1)), **more)


def test_an_item_counts_once_it_is_verified_and_for_its_person_only(cast: Cast):
    item = credited(cast.mia, cast.support, "T-1", title="Refund of order 7")
    assert counted(cast.mia) == 0
    verified(item)
    assert (counted(cast.mia), counted(cast.lea)) == (1, 0)
    with pytest.raises(ValidationError, match="already"):
        verified(item)


def test_however_many_tasks_of_a_person_carry_it_it_counts_once(cast: Cast):
    first = credited(cast.mia, cast.support, "T-1")
    for spelling in ("t-1", " T_1 ", "Ｔ－１"):
        assert credited(cast.mia, cast.support, spelling, system="Tickets").pk == first.pk
    assert Attribution.objects.filter(item=first).count() == 4
    verified(first)
    credited(cast.mia, cast.support, "T-1")
    assert counted(cast.mia) == 1


@pytest.mark.parametrize(("days", "left"), [(29, 0), (31, 1)])
def test_what_is_undone_within_thirty_days_is_void_and_later_is_not(cast: Cast, days, left):
    item = credited(cast.mia, cast.support, "T-1", began_at=ago(days=60))
    verified(item, at=ago(days=40))
    undone = actions.reverse("tickets", item, at=ago(days=40 - days), note="reopened")
    assert counted(cast.mia) == left
    assert undone.voided is (left == 0)
    with pytest.raises(ValidationError, match="was already reversed"):
        actions.reverse("tickets", item)


def test_what_is_not_verified_cannot_be_undone_nor_before_it_was_done(cast: Cast):
    item = credited(cast.mia, cast.support, "T-1")
    with pytest.raises(ValidationError, match="no verified item to reverse"):
        actions.reverse("tickets", item)
    verified(item)
    with pytest.raises(ValidationError, match="before the result"):
        actions.reverse("tickets", item, at=ago(hours=3))


@pytest.mark.parametrize(
    ("at", "why"),
    [(-timedelta(days=2), "before its task was queued"), (timedelta(days=1), "in the future")],
)
def test_a_system_s_word_must_fit_the_task(cast: Cast, at, why):
    item = credited(cast.mia, cast.support, "T-1")
    with pytest.raises(ValidationError, match=why):
        verified(item, at=timezone.now() + at)


def test_a_claim_by_hand_on_another_s_ticket_brings_nothing(cast: Cast):
    """Olga claims what Mia's agent is about to do; then the system has its word."""
    squatted = by_hand(cast.olga, cast.sales, "T-9")
    mine = credited(cast.mia, cast.support, "T-9", system="wiki")
    assert (mine.pk, mine.person) == (squatted.pk, cast.mia)
    other = by_hand(cast.olga, cast.sales, "T-10")
    assert other.askable, "the system has had its word by now"
    with pytest.raises(ValidationError, match="does not confirm that this person did it"):
        verified(other)
    with pytest.raises(ValidationError, match="does not confirm that this person did it"):
        verified(other, by_id=cast.mia.pk)
    assert counted(cast.olga) == 0
    verified(other, by_id=cast.olga.pk)
    assert counted(cast.olga) == 1


def test_a_claim_by_hand_that_nothing_confirms_does_not_hold_an_item_for_ever(cast: Cast):
    by_hand(cast.olga, cast.sales, "T-9")
    assert by_hand(cast.mia, cast.support, "T-9").person == cast.olga
    WorkItem.objects.update(claimed_at=ago(days=31))
    Attribution.objects.filter(person=cast.olga).update(at=ago(days=31))
    late = by_hand(cast.mia, cast.support, "T-9")
    assert (late.person, late.shared) == (cast.mia, False)


def test_only_its_person_claims_by_hand(cast: Cast):
    with pytest.raises(ValidationError, match="Only the task's owner can add"):
        actions.claim(cast.olga, claim(cast.mia, cast.support, "T-1", by_hand=True))
    for bad in ("", " -- ", "x" * 201):
        with pytest.raises(ValidationError):
            credited(cast.mia, cast.support, bad)


def test_batches_say_what_came_of_each_row(cast: Cast):
    early, late = ago(days=3), ago(days=2)
    taken = actions.claim_many(
        "import",
        [
            claim(cast.olga, cast.sales, "A", began_at=late),
            claim(cast.mia, cast.support, "a", began_at=early),
            claim(cast.mia, cast.support, "B", began_at=early),
            claim(cast.mia, cast.support, "C", began_at=timezone.now() + timedelta(days=2)),
        ],
    )
    assert (taken.done, taken.repeated, [why for _, why in taken.refused]) == (
        2, 1, ["The task lies in the future."],
    )  # fmt: skip
    assert set(WorkItem.objects.values_list("person", "shared")) == {
        (cast.mia.pk, True), (cast.mia.pk, False),
    }  # fmt: skip
    words = [Word("tickets", name, ago(hours=5)) for name in ("A", "a", "B", "nowhere")]
    taken = actions.verify_many("import", words)
    assert (taken.done, taken.repeated, len(taken.refused)) == (2, 1, 1)
    assert counted(cast.mia) == 1
    taken = actions.reverse_many("import", [Reversal("tickets", "B", ago(hours=1), "rolled back")] * 2)
    assert (taken.done, taken.repeated) == (1, 1)
    assert counted(cast.mia) == 0
    entry = Entry.objects.get(event="items.verified")
    assert entry.details == {"done": 2, "repeated": 1, "refused": 1}


def test_a_batch_twice_is_once_and_takes_few_statements(cast: Cast, django_assert_max_num_queries):
    claims = [claim(cast.mia, cast.support, f"T-{n}") for n in range(2_500)]
    with django_assert_max_num_queries(40):
        assert actions.claim_many("import", claims).done == 2_500
    assert actions.claim_many("import", claims).repeated == 2_500
    with django_assert_max_num_queries(40):
        actions.verify_many("import", [Word("tickets", one.external_id, ago(hours=1)) for one in claims])
    assert counted(cast.mia) == 2_500


def test_who_reads_them(cast: Cast):
    verified(credited(cast.mia, cast.support, "T-1"))
    today = four_weeks(timezone.now().date())
    seen = [
        visibility.own(Viewer(cast.lea.pk)),
        visibility.agent(Viewer(cast.mia.pk), 7, cast.mia.pk),
        visibility.team(Viewer(cast.lea.pk, line=frozenset({1}), permitted=frozenset({1})), 1),
        visibility.cost_centres(Viewer(cast.finn.pk, roles=frozenset({"finance"}))),
    ]
    assert [counting(scope, today) for scope in seen if scope] == [0, 0, 0, 0]
    assert counting(PUBLISHING, today) == 1
    before = Period(today.first - timedelta(days=28), today.first - timedelta(days=1))
    assert counting(PUBLISHING, before) == 0


def test_the_table_itself_refuses_what_must_not_be(cast: Cast):
    item = by_hand(cast.mia, cast.support, "T-1")
    now = timezone.now()
    for wrong in (
        {"verified_by": cast.mia, "verified_at": now},
        {"verified_by": cast.lea},
        {"verified_by": cast.lea, "verified_at": now, "askable": True},
        {"asked_of": cast.mia},
        {"in_circle": True, "verified_at": now},
        {"reversed_at": now},
        {"identity": ""},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            WorkItem.objects.filter(pk=item.pk).update(**wrong)


def test_entries_hold_no_title(cast: Cast):
    item = credited(cast.mia, cast.support, "T-1", title="Salary of somebody")
    verified(item)
    entries = Entry.objects.filter(event__startswith="item.")
    assert {entry.event for entry in entries} == {"item.claimed", "item.verified"}
    assert all(entry.target_name == f"work item {item.pk}" for entry in entries)


def test_the_cost_of_one():
    assert per_item(10_000_001, 4) == 2_500_000
    assert per_item(0, 3) == 0
    assert per_item(10, 0) is None
    assert per_item(None, 3) is None
