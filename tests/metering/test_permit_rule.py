"""One rule opens a report: the rows that SQL finds, what a permit says of itself, what a viewer may open."""

from datetime import timedelta

import pytest
from django.utils import timezone

from metering.disputes.models import Objection
from metering.permits.models import Permit
from metering.permits.viewers import viewer
from metering.privacy import visibility
from tests.cast import Cast

OVER, AHEAD = timedelta(minutes=-1), timedelta(minutes=1)


def made(cast: Cast, about: str, **more) -> Permit:
    given = {"viewer": cast.lea, about: cast.mia if about == "person" else cast.support}
    given |= {
        "state": "granted",
        "ends_at": timezone.now() + AHEAD,
        "purpose": "budget",
        "decided_by": cast.ada,
    }
    return Permit.objects.create(**given | more)


def opened(cast: Cast) -> list[bool]:
    """Does Lea, in whose line both are, see Mia and the team of Support?"""
    who = viewer(cast.lea)
    found = visibility.person(who, cast.mia.pk), visibility.team(who, cast.support.pk)
    return [scope is not None for scope in found]


@pytest.mark.parametrize("about", ["person", "team"])
@pytest.mark.parametrize("objection", [None, *Objection.State.values])
@pytest.mark.parametrize("ends", [OVER, AHEAD])
@pytest.mark.parametrize("state", Permit.State.values)
def test_a_permit_opens_what_it_names_while_it_is_live(cast: Cast, state, ends, objection, about):
    row = made(cast, about, state=state, ends_at=timezone.now() + ends)
    if objection:
        Objection.objects.create(person=cast.mia, permit=row, why="no", state=objection)
    live = state == "granted" and ends == AHEAD and objection != Objection.State.OPEN
    assert Permit.objects.live().filter(pk=row.pk).exists() == row.is_live == live
    assert Permit.objects.with_suspension().get(pk=row.pk).is_live == live
    assert opened(cast) == [live and about == "person", live and about == "team"]


def test_nothing_is_open_in_one_s_line_without_a_permit(cast: Cast):
    assert opened(cast) == [False, False]
    who = viewer(cast.lea)
    assert (who.permitted, who.permitted_people) == (frozenset(), frozenset())


@pytest.mark.parametrize("about", ["person", "team"])
def test_a_permit_opens_nothing_to_anybody_else(cast: Cast, about):
    made(cast, about, viewer=cast.ada, decided_by=cast.finn)
    assert opened(cast) == [False, False]


@pytest.mark.parametrize("about", ["person", "team"])
def test_a_permit_opens_nothing_out_of_the_line(cast: Cast, about):
    made(cast, about, viewer=cast.olga)
    who = viewer(cast.olga)
    assert visibility.person(who, cast.mia.pk) is None
    assert visibility.team(who, cast.support.pk) is None


def test_of_a_permit_that_names_somebody_else_in_the_line_nothing_follows(cast: Cast):
    made(cast, "person", person=cast.lea, viewer=cast.ada, decided_by=cast.finn)
    who = viewer(cast.ada)
    assert visibility.person(who, cast.lea.pk) is not None
    assert visibility.person(who, cast.mia.pk) is None, "Mia is in Ada's line too"
