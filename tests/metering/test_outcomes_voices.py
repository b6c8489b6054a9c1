"""What thumbs tell the owner of an agent: numbers that enough people stand behind, of weeks that are over."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metering.outcomes.figures import Ratings, counted
from metering.outcomes.models import Feedback
from tests import builders
from tests.cast import Cast, as_
from tests.metering.builders import last_weeks, people

OWNER = 0


def votes(up: int, down: int) -> list[tuple[int, bool]]:
    return [(person, person <= up) for person in range(1, up + down + 1)]


@pytest.mark.parametrize(
    ("up", "down", "shown"),
    [
        (0, 0, None),
        (4, 4, None),
        (5, 0, Ratings(5, None)),
        (5, 4, Ratings(5, None)),
        (2, 6, Ratings(None, 6)),
        (5, 7, Ratings(5, 7)),
    ],
)
def test_each_number_stands_for_enough_people(up, down, shown):
    assert counted(votes(up, down), owner=OWNER, least=5) == shown


def test_a_person_counts_once_with_their_last_word_and_the_owner_not():
    loud = [(1, False)] * 40 + [(1, True), *votes(4, 0), (OWNER, True)]
    assert counted(loud, owner=OWNER, least=5) is None
    assert counted([*loud, (5, True)], owner=OWNER, least=5) == Ratings(5, None)


@given(st.lists(st.tuples(st.integers(0, 12), st.booleans()), max_size=40), st.integers(5, 8))
def test_nothing_shown_stands_for_fewer(given_, least):
    found = counted(given_, owner=OWNER, least=least)
    last = {person: up for person, up in given_ if person != OWNER}
    for number, side in ((found and found.up, True), (found and found.down, False)):
        behind = [person for person, up in last.items() if up is side]
        assert number is None or number == len(behind) >= least
        assert number is not None or len(behind) < least


@pytest.mark.django_db
def test_the_owner_alone_sees_them_and_only_of_weeks_that_are_over(cast: Cast):
    agent = builders.agent(cast.mia, cast.support)
    past = datetime.combine(last_weeks().first, time(12), UTC)
    for number, person in enumerate(people(cast.support, 6)):
        Feedback.objects.create(
            person=person, source="portal", task=str(number), agent_id=agent.pk, up=True, at=past
        )

    def page(person) -> str:
        return " ".join(as_(person).get(agent.get_absolute_url()).content.decode().split())

    assert "6 people" in page(cast.mia)
    assert str(last_weeks()) in page(cast.mia)
    for other in (cast.ada, cast.lea):
        assert "Feedback" not in page(other)
    Feedback.objects.update(at=past + timedelta(days=28))
    assert "6 people" not in page(cast.mia), "these four weeks are not over"
