"""Several who bring the same items at once: each item once, each task noted, and nobody's credit for being quicker."""

import pytest

from metering.outcomes import actions
from metering.outcomes.claims import Word
from metering.outcomes.models import Carrying, WorkItem
from tests.agents.at_once import at_once
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
    assert Carrying.objects.count() == 9 * len(NAMES)
    assert not WorkItem.objects.filter(shared=False).exists()
    actions.verify_many("test", [Word(one.system, one.external_id, ago()) for one in WorkItem.objects.all()])
    assert (counted(cast.mia), counted(cast.olga)) == (0, 0)
