"""Retention: old person-days lose person and agent, old looks go, in bounded batches; all money stays."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from metering.permits import actions as permits
from metering.permits.models import Look
from metering.publications.years import ended
from metering.rights import retention
from metering.rollups.models import DayUsage
from metering.rollups.periods import month
from metering.signals.models import QuietSchedule, Signal, TaskFact
from portal.audit.models import Entry
from portal.people.nobody import no_one_id
from tests.metering.builders import last_weeks, permit, today, used
from tests.metering.test_rights_corrections import money


def kept() -> date:
    """The first day of which retention keeps the people."""
    return retention.folds_before(today())


def old() -> date:
    return kept() - timedelta(days=1)


def people_of(day) -> set[int | None]:
    return set(DayUsage.objects.filter(day=day).values_list("person_id", flat=True))


def test_old_days_lose_person_and_agent_and_every_sum_stays(cast):
    for person, team in ((cast.mia, cast.support), (cast.lea, cast.support), (cast.olga, cast.sales)):
        for agent in (7, 8):
            used(person, team, on=old(), agent_id=agent, agent_name=f"Agent {agent} of {person}")
            used(person, team, on=old(), agent_id=agent, model="acme:unheard-of")
        used(person, team, on=kept())
    before = money()
    retention.apply()
    assert people_of(old()) == {no_one_id()}
    assert people_of(kept()) == {cast.mia.pk, cast.lea.pk, cast.olga.pk}
    assert set(DayUsage.objects.filter(day=old()).values_list("agent_id", "agent_name")) == {(0, "")}
    assert DayUsage.objects.filter(day=old()).count() == 4, "two teams, two models"
    assert money() == before


def test_a_batch_is_bounded_and_the_next_night_goes_on(cast):
    for number in range(7):
        used(cast.mia, cast.support, on=old() - timedelta(days=number), agent_id=number + 1)
    before = money()
    retention.apply(batch=2, batches=2)
    left = DayUsage.objects.filter(person=cast.mia).count()
    assert left == 3
    retention.apply(batch=2, batches=2)
    assert not DayUsage.objects.filter(person=cast.mia).exists()
    assert money() == before
    assert Entry.objects.filter(event="retention.folded").count() == 4


def test_a_night_with_nothing_to_do_leaves_no_entry(cast):
    used(cast.mia, cast.support)
    retention.apply()
    retention.apply()
    assert not Entry.objects.filter(event__startswith="retention.").exists()


@given(st.dates(date(2025, 6, 1), date(2090, 1, 1)))
def test_no_days_that_reports_show_are_folded(on):
    folds = retention.folds_before(on)
    assert ended(on)[-1].first >= folds
    assert month(folds).first == folds


def test_old_looks_go_and_new_ones_stay(cast, settings):
    right = permit(cast.lea, cast.support, by=cast.ada)
    used(cast.mia, cast.support, on=last_weeks().first)
    old, new = (permits.open_report(cast.lea, right, period=last_weeks(), shown=True) for _ in range(2))
    past = timezone.now() - timedelta(days=settings.RETENTION["looks"] + 1)
    Look.objects.filter(pk=old.pk).update(at=past)
    retention.apply()
    assert list(Look.objects.all()) == [new]
    assert set(Look.people.through.objects.values_list("look_id", flat=True)) == {new.pk}
    assert Entry.objects.filter(event="retention.looks").count() == 1


@pytest.mark.parametrize("kind", ["person_days", "looks"])
def test_shorter_times_are_followed(cast, settings, kind):
    settings.RETENTION = settings.RETENTION | {kind: 92}
    expected = month(today() - timedelta(days=92)).first
    assert (retention.folds_before(today()) == expected) is (kind == "person_days")


def moments() -> tuple[datetime, datetime]:
    """The last one whose person is not kept, and the first one that is."""
    first = datetime.combine(kept(), time(), UTC)
    return first - timedelta(seconds=1), first


def test_old_facts_signals_and_notices_go_whole_and_new_ones_stay(cast):
    for number, at in enumerate(moments()):
        TaskFact.objects.create(
            source="portal", ref=str(number), person=cast.mia, team=cast.support, created_at=at, opened_at=at
        )
        Signal.objects.create(person=cast.mia, kind="loop", agent_id=number, since=at.date(), found_at=at)
        QuietSchedule.objects.create(
            person=cast.mia, agent_id=number, noticed_at=at, pause_at=at + timedelta(days=7)
        )
    retention.apply()
    assert TaskFact.objects.get().ref == "1"
    assert Signal.objects.get().agent_id == 1
    assert QuietSchedule.objects.get().agent_id == 1
    assert Entry.objects.filter(event="retention.signals").count() == 1
    retention.apply()
    assert Entry.objects.filter(event="retention.signals").count() == 1


def test_an_answer_is_kept_for_as_long_as_any_and_no_longer(cast):
    past, first = moments()
    for number, at in enumerate((past, first)):
        signal = {"kind": "loop", "since": past.date(), "found_at": past, "useful_at": at}
        Signal.objects.create(person=cast.mia, agent_id=number, **signal)
        told = {"noticed_at": past - timedelta(days=9), "pause_at": past - timedelta(days=2)}
        QuietSchedule.objects.create(person=cast.mia, agent_id=number, kept_at=at, **told)
        QuietSchedule.objects.create(person=cast.mia, agent_id=10 + number, paused_at=at, **told)
    retention.apply()
    assert Signal.objects.get().agent_id == 1
    assert set(QuietSchedule.objects.values_list("agent_id", flat=True)) == {1, 11}


def test_a_batch_of_signals_is_bounded(cast):
    past, _ = moments()
    for number in range(5):
        TaskFact.objects.create(
            source="portal", ref=str(number), person=cast.mia, team=cast.support, created_at=past
        )
    retention.apply(batch=2, batches=2)
    assert TaskFact.objects.count() == 1
