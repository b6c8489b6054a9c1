"""The weeks of one person after some of their usage was found not to be theirs: what it came to is not told."""

import pytest
from django.urls import reverse

from metering.permits.models import Look
from metering.publications import running
from metering.publications.models import PublishedPeriod, Settled
from metering.rights import actions
from metering.rollups.periods import fixed
from tests.cast import as_
from tests.metering.builders import last_weeks, permit, today, used
from tests.metering.published import publish
from tests.metering.test_rights_corrections import ask

CORRECTED = "Usage of these weeks was corrected later."


@pytest.fixture
def seen(cast):
    """What Lea reads with her permit, of the weeks that begin on a day."""
    permit(cast.lea, cast.mia, by=cast.ada)
    url = reverse("reports:person", args=[cast.mia.pk])
    return lambda day="": as_(cast.lea).get(url, {"from": str(day)}).text


def not_hers(cast, day) -> None:
    actions.accept_correction(cast.ada, ask(cast.mia, first_day=day, last_day=day))


def test_what_was_settled_before_the_correction_is_not_shown_after_it(cast, seen):
    first = last_weeks().first
    used(cast.mia, cast.support, on=first, input_tokens=123_000)
    used(cast.mia, cast.support, on=last_weeks().last)
    publish()
    assert "$0.31" in seen()
    not_hers(cast, first)
    page = seen()
    assert CORRECTED in page
    assert "$" not in page
    assert "verified work items" not in page
    assert list(Look.objects.order_by("id").values_list("shown", flat=True)) == [True, False]


def test_a_correction_of_other_days_or_one_that_was_not_accepted_hides_nothing(cast, seen):
    used(cast.mia, cast.support, on=last_weeks().first, input_tokens=123_000)
    used(cast.mia, cast.support)
    publish()
    not_hers(cast, today())
    refused = ask(cast.mia, first_day=last_weeks().first)
    actions.refuse_correction(cast.ada, refused, note="It was you")
    assert "$0.31" in seen()


def test_what_was_corrected_before_they_were_settled_is_not_in_them(cast, seen):
    used(cast.mia, cast.support, on=last_weeks().first, input_tokens=123_000)
    used(cast.mia, cast.support, on=last_weeks().last, input_tokens=40_000)
    not_hers(cast, last_weeks().first)
    publish()
    assert "$0.10" in seen()
    assert "$0.31" not in seen()


def test_the_weeks_around_are_shown_without_the_difference_that_it_made(cast, seen, monkeypatch):
    periods = fixed(today(), 3)
    monkeypatch.setattr(running, "periods", lambda: periods)
    for number, period in enumerate(periods, 1):
        PublishedPeriod.objects.create(first_day=period.first, last_day=period.last)
        late = 770_000 * (number == 1)
        micros = number * 1_110_000
        Settled.objects.create(person=cast.mia, first_day=period.first, cost_micros=micros, late_micros=late)
    assert "$0.77" in seen()
    used(cast.mia, cast.support, on=periods[1].last)
    not_hers(cast, periods[1].last)
    latest, corrected, before = (seen(period.first) for period in periods)
    assert "$1.11" in latest
    assert "$0.77" not in latest
    assert "$2.22" not in corrected
    assert CORRECTED in corrected
    assert f"?from={periods[0].first}" in corrected
    assert f"?from={periods[2].first}" in corrected
    assert "$3.33" in before
