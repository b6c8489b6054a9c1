"""A schedule that nobody reads: told of, a week to answer, then paused by whatever keeps schedules."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from metering.plugins import MeteringPlugin
from metering.rights import actions as rights
from metering.signals import nightly, schedules
from metering.signals.models import QuietSchedule, Signal, TaskFact
from tests.cast import Cast, as_
from tests.metering.ran import ran

PAUSED: list[tuple[int, int, str]] = []


def pause(person_id: int, agent_id: int, why: str) -> bool:
    """What the room of schedules will do."""
    PAUSED.append((person_id, agent_id, why))
    return True


def broken(person_id: int, agent_id: int, why: str) -> bool:
    raise RuntimeError("away")


def quiet(cast: Cast) -> QuietSchedule:
    now = timezone.now()
    return QuietSchedule.objects.create(
        person=cast.mia, agent_id=7, agent_name="Digest", noticed_at=now - timedelta(days=8),
        pause_at=now - timedelta(days=1),
    )  # fmt: skip


def bring(monkeypatch, pause) -> None:
    monkeypatch.setattr(schedules, "of_kind", lambda kind: (MeteringPlugin(pause_schedule=pause),))


@pytest.fixture
def hook(monkeypatch):
    PAUSED.clear()
    bring(monkeypatch, pause)


def test_a_schedule_without_a_reader_is_told_of_and_paused_a_week_later(cast, hook):
    for n in range(12):
        ran(cast, n, 4 + n * 2, trigger="schedule")
    nightly.find_signals()
    (row,) = schedules.quiet_schedules(cast.mia.pk)
    assert row.pause_at - row.noticed_at == timedelta(days=7)
    page = BeautifulSoup(as_(cast.mia).get(reverse("signals:mine")).content, "html.parser").get_text()
    assert "Stop this schedule?" in page
    assert "If you do not answer, it is paused" in page
    assert PAUSED == []
    schedules.pause_due(timezone.now() + timedelta(days=6))
    assert PAUSED == []
    assert schedules.pause_due(timezone.now() + timedelta(days=8)) == 1
    assert [(cast.mia.pk, 7, schedules.WHY)] == PAUSED
    assert schedules.pause_due(timezone.now() + timedelta(days=9)) == 0


def test_a_reader_or_an_effect_after_the_notice_keeps_the_schedule(cast, hook):
    quiet(cast)
    ran(cast, 1, 20, trigger="schedule", opened_by_other_at=timezone.now())
    assert schedules.pause_due(timezone.now()) == 0
    assert not QuietSchedule.objects.exists()
    quiet(cast)
    TaskFact.objects.all().delete()
    ran(cast, 2, 2, trigger="schedule", effects=1)
    assert schedules.pause_due(timezone.now()) == 0
    assert PAUSED == []


def test_calling_it_useful_keeps_the_schedule(cast, hook):
    for n in range(12):
        ran(cast, n, 4 + n * 2, trigger="schedule")
    nightly.find_signals()
    for signal in Signal.objects.filter(kind="schedule"):
        as_(cast.mia).post(reverse("signals:useful", args=[signal.pk]))
    assert schedules.pause_due(timezone.now() + timedelta(days=30)) == 0
    assert PAUSED == []


def test_who_wants_no_signals_has_none_left_and_nothing_is_paused(cast, hook):
    for n in range(12):
        ran(cast, n, 4 + n * 2, trigger="schedule")
    nightly.find_signals()
    answered = Signal.objects.create(
        person=cast.mia, kind="loop", agent_id=9, since="2026-01-05", found_at=timezone.now(), useful_at=timezone.now()
    )  # fmt: skip
    mia = as_(cast.mia)
    assert "is paused a week after you were told" in mia.get(reverse("rights:mine")).text
    page = mia.post(reverse("rights:signals"), follow=True).text
    assert "Active hints were removed" in page
    assert list(Signal.objects.all()) == [answered]
    assert not QuietSchedule.objects.exists()
    assert "Stop this schedule?" not in mia.get(reverse("signals:mine")).text
    nightly.find_signals()
    assert schedules.pause_due(timezone.now() + timedelta(days=30)) == 0
    assert PAUSED == []


def test_a_notice_that_was_given_while_they_objected_pauses_nothing(cast, hook):
    ran(cast, 1, 20, trigger="schedule")
    rights.signals_off(cast.mia)
    quiet(cast)
    assert schedules.pause_due(timezone.now()) == 0
    assert PAUSED == []
    nightly.find_signals()
    assert not QuietSchedule.objects.exists()


def test_a_pause_that_fails_is_tried_again(cast, monkeypatch):
    quiet(cast)
    bring(monkeypatch, broken)
    assert schedules.pause_due(timezone.now()) == 0
    assert QuietSchedule.objects.get().paused_at is None


def test_nothing_is_paused_before_its_notice(cast):
    now = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        QuietSchedule.objects.create(person=cast.mia, agent_id=1, noticed_at=now, pause_at=now)


def runs(cast: Cast, first: int, *days: float, **more) -> None:
    for number, ago in enumerate(days, first):
        ran(cast, number, ago, trigger="schedule", **more)


def test_a_schedule_that_is_read_since_is_not_told_of_again_for_its_old_runs(cast, hook):
    runs(cast, 0, *range(24, 48, 2))
    then = timezone.now() - timedelta(days=20)
    nightly.review(cast.mia.pk, now=then)
    assert schedules.quiet_schedules(cast.mia.pk)
    for day in range(1, 18):
        at = then + timedelta(days=day)
        ran(cast, 100 + day, 20 - day, trigger="schedule", opened_at=at)
        nightly.review(cast.mia.pk, now=at)
        assert schedules.pause_due(at) == 0
        assert not schedules.quiet_schedules(cast.mia.pk), day


def test_read_once_and_then_no_more_it_is_told_of_again(cast, hook):
    """What was read before the newest runs that nobody opened is no reader of those."""
    runs(cast, 0, *range(30, 60, 2), opened_at=timezone.now() - timedelta(days=29))
    runs(cast, 100, *range(4, 28, 2))
    nightly.find_signals()
    assert schedules.quiet_schedules(cast.mia.pk)


def paused(cast: Cast, *, ago: int) -> None:
    at = timezone.now() - timedelta(days=ago)
    QuietSchedule.objects.create(
        person=cast.mia, agent_id=7, noticed_at=at - timedelta(days=7), pause_at=at, paused_at=at
    )


def test_resumed_and_unread_again_it_is_told_of_again_and_paused_again(cast, hook):
    paused(cast, ago=93)
    runs(cast, 0, *range(4, 28, 2))
    nightly.find_signals()
    (row,) = schedules.quiet_schedules(cast.mia.pk)
    assert row.pause_at - row.noticed_at == timedelta(days=7)
    assert row.pause_at > timezone.now() + timedelta(days=6)
    assert schedules.pause_due(timezone.now()) == 0
    assert schedules.pause_due(timezone.now() + timedelta(days=8)) == 1
    assert [(cast.mia.pk, 7, schedules.WHY)] == PAUSED


def test_what_nobody_read_before_the_pause_does_not_pause_again(cast, hook):
    """Whoever has just resumed it is not told of it for its first runs."""
    paused(cast, ago=9)
    runs(cast, 0, *range(10, 28, 2))
    ran(cast, 100, 4, trigger="schedule")
    nightly.find_signals()
    assert Signal.objects.filter(kind="schedule").exists()
    assert not schedules.quiet_schedules(cast.mia.pk)
