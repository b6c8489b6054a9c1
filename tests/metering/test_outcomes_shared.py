"""What tasks of several people carry counts for none of them: neither being there first nor joining in pays."""

from datetime import UTC, datetime, time

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metering.outcomes import actions, counts
from metering.outcomes.claims import Reversal, Word
from metering.outcomes.models import Attribution, WorkItem
from metering.privacy.visibility import PUBLISHING
from metering.publications.models import Publication, Settled
from metering.publishing import due
from metering.rollups.periods import four_weeks
from metering.signals.items import Claim as Told
from metering.signals.items import credited as credited_to
from tests.cast import Cast, as_
from tests.metering.builders import last_weeks, today
from tests.metering.outcomes import accepted, ago, by_hand, claim, counted, counting, credited
from tests.metering.published import ENOUGH, group, publish


def everywhere(*people) -> list[int]:
    """On each own page, in what teams are made of, in the organisation."""
    found = counts.by_person(PUBLISHING, four_weeks(today()))
    assert [found.get(person.pk, 0) for person in people] == [counted(person) for person in people]
    assert sum(found.values()) == counting(PUBLISHING, four_weeks(today()))
    return [*map(counted, people), sum(found.values())]


def done(name: str, system: str = "tickets") -> None:
    actions.verify_many("test", [Word(system, name, ago(hours=1))])


@pytest.mark.parametrize("second_in_a_team_of_its_own", [True, False])
@pytest.mark.parametrize("verified_first", [True, False])
def test_to_attach_a_task_to_a_colleague_s_item_brings_nothing(
    cast: Cast, verified_first, second_in_a_team_of_its_own
):
    credited(cast.mia, cast.support, "T-1")
    credited(cast.mia, cast.support, "T-2")
    if verified_first:
        done("T-1")
        done("T-2")
        assert everywhere(cast.mia, cast.olga) == [2, 0, 2]
    credited(cast.olga, cast.sales if second_in_a_team_of_its_own else cast.support, " t_1")
    done("T-1")
    done("T-2")
    assert everywhere(cast.mia, cast.olga) == [1, 0, 1], "and what nobody else carries still counts"


def test_to_be_there_first_brings_nothing(cast: Cast):
    """Olga's agent touches what Mia's is about to do."""
    credited(cast.olga, cast.sales, "T-1", began_at=ago(days=9))
    item = credited(cast.mia, cast.support, "T-1")
    assert item.shared
    done("T-1", item.system)
    item.refresh_from_db()
    assert item.verified_at is not None
    assert everywhere(cast.mia, cast.olga) == [0, 0, 0]


@pytest.mark.parametrize("first", [True, False])
def test_who_only_says_so_gains_nothing_and_takes_nothing_away(cast: Cast, first):
    """Olga claims by hand what the system says that Mia's agent did: before it or after."""
    if first:
        by_hand(cast.olga, cast.sales, "T-1", began_at=ago(days=9))
    item = credited(cast.mia, cast.support, "T-1", system="wiki")
    if not first:
        by_hand(cast.olga, cast.sales, "T-1")
    item.refresh_from_db()
    assert (item.person, item.shared) == (cast.mia, False)
    done("T-1", "wiki")
    assert everywhere(cast.mia, cast.olga) == [1, 0, 1]


def test_a_task_that_changed_nothing_earns_nothing_and_yet_carries(cast: Cast):
    credited(cast.mia, cast.support, "T-1", changed=False)
    done("T-1")
    assert everywhere(cast.mia) == [0, 0]
    credited(cast.mia, cast.support, "T-1", changed=True)
    assert everywhere(cast.mia) == [1, 1]
    credited(cast.olga, cast.sales, "T-1", changed=False)
    assert everywhere(cast.mia, cast.olga) == [0, 0, 0]
    with pytest.raises(ValidationError, match="changed nothing"):
        by_hand(cast.mia, cast.support, "page-1", changed=False)


def test_what_is_said_of_a_task_later_and_weighs_more_stands(cast: Cast):
    """The system names a task that its person had named by hand; a task changes something after it was named."""
    credited(cast.mia, cast.support, "T-1", changed=False, task="M")
    actions.claim(cast.olga, claim(cast.olga, cast.sales, "T-1", task="O", by_hand=True))
    done("T-1")
    assert everywhere(cast.mia, cast.olga) == [0, 0, 0]
    for changed in (True, False):
        credited(cast.mia, cast.support, "T-1", changed=changed, task="M")
        assert everywhere(cast.mia, cast.olga) == [1, 0, 1]
    for by_hand_ in (False, True):
        actions.claim(cast.olga, claim(cast.olga, cast.sales, "T-1", task="O", by_hand=by_hand_))
        assert everywhere(cast.mia, cast.olga) == [0, 0, 0]
        assert Attribution.objects.filter(by_hand=False).count() == 2


def test_what_a_colleague_confirmed_is_subject_to_the_same_rule(cast: Cast):
    item = accepted(cast.mia, cast.support, "page-1", by=cast.lea)
    assert item.counts
    by_hand(cast.olga, cast.sales, "page-1")
    item.refresh_from_db()
    assert not item.counts
    assert everywhere(cast.mia, cast.olga) == [0, 0, 0]


def test_its_person_reads_why_it_does_not_count_and_not_whose_task_it_is(cast: Cast):
    item = credited(cast.mia, cast.support, "T-1", title="Refund")
    mia = as_(cast.mia)
    credited(cast.olga, cast.sales, "T-1")
    for _ in range(2):
        page = " ".join(mia.get(item.get_absolute_url()).text.split())
        assert "not counted" in page
        assert "task claims it too, so it counts for neither of you" in page
        assert "Olga" not in page
        done("T-1")
    idle = credited(cast.mia, cast.support, "T-2", changed=False)
    done("T-2")
    assert "but the task changed nothing" in mia.get(idle.get_absolute_url()).text


def test_a_published_group_figure_counts_items_and_no_shared_one(cast: Cast):
    made = group(cast.support, ENOUGH)
    first, second = made[:2]
    at = datetime.combine(last_weeks().days[3], time(12), UTC)
    for number, person in enumerate(made):
        credited(person, cast.support, f"T-{number}", began_at=ago(days=80))
    credited(first, cast.support, "both", began_at=ago(days=80))
    credited(second, cast.support, "both", began_at=ago(days=80))
    names = [*(f"T-{number}" for number in range(ENOUGH)), "both"]
    actions.verify_many("test", [Word("tickets", name, at) for name in names])
    assert publish()
    team = Publication.objects.get(kind=Publication.Kind.TEAM, ref=str(cast.support.pk))
    whole = Publication.objects.get(kind=Publication.Kind.ORGANISATION)
    assert (team.items, whole.items) == (ENOUGH, ENOUGH)
    assert Settled.objects.get(person=first, first_day=last_weeks().first).items == 1
    assert due.publish_due() == []


claims_ = st.lists(
    st.tuples(st.sampled_from("abcd"), st.integers(0, 2), st.booleans(), st.booleans(), st.booleans()),
    max_size=12,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(claims_)
def test_the_table_and_the_report_of_a_simulation_agree(cast: Cast, drawn):
    three = [cast.mia, cast.lea, cast.olga]
    WorkItem.objects.all().delete()
    told = [
        Told(item, three[who].pk, 1, 1, verified=verified, reversed=undone, changed=changed)
        for item, who, verified, undone, changed in drawn
    ]
    actions.claim_many(
        "test", [claim(three[who], cast.support, item, changed=changed) for item, who, _, _, changed in drawn]
    )
    for one in told:
        if one.earns:
            done(one.item)
    for one in told:
        if one.reversed:
            for row in WorkItem.objects.filter(identity=one.item).exclude(verified_at=None):
                actions.reverse_many("test", [Reversal(row.system, one.item, row.verified_at)])
    mine = credited_to(told, lambda one: one.person)
    assert [counted(person) for person in three] == [len(mine.get(person.pk, ())) for person in three]
    assert Attribution.objects.count() == len(drawn)


def test_of_several_agents_of_one_person_it_is_of_the_one_that_changed_something(cast):
    """Else one agent would have the item and another what it cost."""

    def of_agents(*attributions: tuple[int, bool]) -> dict[int, dict[int, int]]:
        WorkItem.objects.all().delete()
        for agent, changed in attributions:
            item = credited(cast.mia, cast.support, "T-1", agent_id=agent, changed=changed)
        actions.verify("tickets", item, at=ago(hours=1))
        actions.claim(cast.olga, claim(cast.olga, cast.sales, "T-1", by_hand=True, agent_id=9))
        return counts.by_agent(PUBLISHING, four_weeks(today()))

    assert of_agents((7, True)) == of_agents((7, True), (7, True)) == {7: {cast.mia.pk: 1}}
    assert of_agents((7, False), (8, True)) == {8: {cast.mia.pk: 1}}
    assert of_agents((7, True), (8, True)) == {}
    assert everywhere(cast.mia, cast.olga) == [1, 0, 1]
