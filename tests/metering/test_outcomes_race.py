"""Several who bring the same items at once: each item once, each task noted, and nobody's credit for being quicker."""

import pytest

from metering.outcomes import actions, writing
from metering.outcomes.claims import Word
from metering.outcomes.models import Attribution, WorkItem
from tests.agents.at_once import at_once, while_open
from tests.cast import Cast
from tests.metering.outcomes import ago, claim, counted

NAMES = [f"T-{n}" for n in range(400)]


@pytest.mark.django_db(transaction=True)
def test_of_several_who_claim_the_same_at_once_nobody_gains(cast: Cast):
    for number in range(3):
        names = [f"{number}-{name}" for name in NAMES]
        batches = [
            [
                claim(person, cast.support, name, began_at=ago(hours=place * sign))
                for place, name in enumerate(names, 1)
            ]
            for person, sign in ((cast.mia, 1), (cast.olga, -0.0000001), (cast.mia, 2))
        ]
        ends = at_once(*(lambda batch=batch: actions.claim_many("test", batch) for batch in batches))
        assert [type(end).__name__ for end in ends] == ["Taken"] * 3, ends
    assert WorkItem.objects.count() == 3 * len(NAMES)
    assert Attribution.objects.count() == 9 * len(NAMES)
    assert not WorkItem.objects.filter(shared=False).exists()
    actions.verify_many("test", [Word(one.system, one.external_id, ago()) for one in WorkItem.objects.all()])
    assert (counted(cast.mia), counted(cast.olga)) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_a_claim_by_hand_at_the_same_moment_does_not_stand_over_the_system_s_word(cast: Cast):
    mine = claim(cast.mia, cast.support, "T-1")
    other = claim(cast.olga, cast.sales, "T-1", by_hand=True)
    while_open(lambda: actions.claim(cast.olga, other), lambda: actions.claim_many("test", [mine]))
    actions.verify_many("test", [Word("tickets", "T-1", ago())])
    assert (counted(cast.mia), counted(cast.olga)) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_imports_of_many_batches_wait_for_each_other_whatever_their_order(cast: Cast, monkeypatch):
    """Some of the items are there before, so that rows are both made and locked."""
    monkeypatch.setattr(writing, "BATCH", 7)
    there = [claim(cast.lea, cast.support, name) for name in NAMES[::3]]
    assert actions.claim_many("test", there).done == len(there)
    forth = [claim(cast.mia, cast.support, name, began_at=ago(hours=n)) for n, name in enumerate(NAMES)]
    back = [claim(cast.olga, cast.sales, name, began_at=ago(hours=-n)) for n, name in enumerate(NAMES, -400)]
    ends = at_once(
        *(lambda batch=batch: actions.claim_many("test", batch) for batch in (forth, back, back[::2]))
    )
    assert [type(end).__name__ for end in ends] == ["Taken"] * 3, ends
    assert sum(end.done for end in ends) == len(NAMES) - len(there)
    words = [Word("tickets", name, ago()) for name in NAMES]
    ends = at_once(*(lambda way=way: actions.verify_many("test", words[::way]) for way in (1, -1)))
    assert sum(end.done for end in ends) == sum(end.repeated for end in ends) == len(NAMES), ends
