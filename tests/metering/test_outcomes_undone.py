"""What is undone within 30 days is void, however late that comes to be known."""

from datetime import timedelta

import pytest

from metering.outcomes import actions
from metering.outcomes.claims import Reversal, Word
from metering.outcomes.models import WorkItem
from tests.cast import Cast
from tests.metering.outcomes import ago, counted, credited


def verified(cast: Cast, name: str, *, days: float) -> WorkItem:
    credited(cast.mia, cast.support, name, began_at=ago(days=90), connection_id=1)
    actions.verify_many("test", [Word("tickets", name, ago(days=days))])
    return WorkItem.objects.get(identity=name)


def due() -> bool:
    return WorkItem.objects.to_ask(timedelta(days=30), timedelta(minutes=50)).exists()


@pytest.mark.parametrize(
    ("days", "asked", "expected"),
    [
        (29, 0.1, True),
        (30.1, 0.2, True),  # the last look was on the thirtieth day
        (80, 55, True),
        (80, None, True),
        (31, 0.1, True),  # perhaps it was no look: the system was down
        (34, 3.9, False),
        (80, 49, False),
    ],
)
def test_the_system_is_asked_until_it_was_asked_once_all_thirty_days_were_over(cast, days, asked, expected):
    item = verified(cast, "t-1", days=days)
    WorkItem.objects.update(system_asked_at=None if asked is None else ago(days=asked))
    assert due() is expected
    actions.reverse(cast.mia, item, at=ago(days=days - 29) if days > 29 else None)
    assert not due(), "it is void"


def test_the_system_is_asked_about_what_was_undone_too_late_to_void_it(cast: Cast):
    item = verified(cast, "t-1", days=31)
    actions.reverse(cast.mia, item)
    assert (item.voided, due()) == (False, True)


def test_the_earliest_that_is_told_stands(cast: Cast):
    verified(cast, "t-1", days=40)
    for day, done, left in ((39, True, 1), (39.5, False, 1), (10, True, 0), (35, False, 0), (10, False, 0)):
        told = Reversal("tickets", "t-1", ago(days=40 - day), f"day {day}")
        taken = actions.reverse_many("test", [told])
        assert ((taken.done, taken.repeated), counted(cast.mia)) == ((1, 0) if done else (0, 1), left)
    assert WorkItem.objects.get().reversal_note == "day 10"


def test_also_in_one_batch(cast: Cast):
    verified(cast, "t-1", days=40)
    both = [Reversal("tickets", "t-1", ago(days=day), f"day {day}") for day in (1, 30)]
    taken = actions.reverse_many("test", both)
    assert (taken.done, taken.repeated, WorkItem.objects.get().voided) == (1, 1, True)
