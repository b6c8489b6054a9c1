"""Signals in the portal: found at night from the ledger and the facts, shown to their person only, and answered."""

import pytest
from django.urls import reverse
from django.utils import timezone

from metering.privacy import visibility
from metering.privacy.visibility import Viewer
from metering.signals import facts, nightly
from metering.signals.descriptions import described
from metering.signals.models import Signal, TaskFact
from portal.audit.models import Entry
from tests.cast import Cast, as_
from tests.metering.ran import ran


def unread(cast: Cast, **more) -> None:
    """Weeks of opened work, then eight results that nobody opened."""
    for n in range(40):
        ran(cast, n, 12 + n / 2, opened_at=timezone.now())
    for n in range(8):
        ran(cast, 100 + n, 4, **more)


def test_what_nobody_opened_is_told_to_its_person_and_to_nobody_else(cast):
    unread(cast)
    nightly.find_signals()
    signal = Signal.objects.get()
    assert (signal.kind, signal.person, len(signal.tasks)) == ("unread", cast.mia, 8)
    page = as_(cast.mia).get(reverse("usage:mine")).content.decode()
    assert "8 tasks of Inbox triage ended without anybody opening the result" in page
    for other in (cast.ada, cast.lea, cast.aud):
        assert "8 tasks of Inbox triage" not in as_(other).get(reverse("signals:mine")).content.decode()
        assert as_(other).post(reverse("signals:useful", args=[signal.pk])).status_code == 404
    assert described(visibility.own(Viewer(cast.lea.pk))) == []


def test_other_scopes_have_no_signals(cast):
    unread(cast)
    nightly.find_signals()
    team = visibility.Scope(visibility.Kind.TEAM, cast.lea.pk, cast.support.pk)
    assert not Signal.objects.within(team).exists()
    assert not TaskFact.objects.within(team).exists()
    with pytest.raises(ValueError, match="themselves only"):
        described(team)


def test_this_was_useful_quiets_the_kind_for_the_agent_and_leaves_no_entry(cast):
    unread(cast)
    nightly.find_signals()
    entries = Entry.objects.count()
    signal = Signal.objects.get()
    page = as_(cast.mia).post(reverse("signals:useful", args=[signal.pk]), follow=True)
    assert "Noted" in page.content.decode()
    assert Entry.objects.count() == entries
    assert TaskFact.objects.filter(useful_at__isnull=False).count() == 8
    for n in range(8):
        ran(cast, 200 + n, 3.2)
    nightly.find_signals()
    assert not Signal.objects.unanswered().exists()


def test_what_is_opened_later_is_no_longer_told(cast):
    unread(cast)
    nightly.find_signals()
    for n in range(8):
        facts.opened("portal", str(100 + n), own=n % 2 == 0)
    nightly.find_signals()
    assert not Signal.objects.exists()


def test_results_of_the_last_days_may_still_be_opened(cast):
    for n in range(40):
        ran(cast, n, 20 + n / 2, opened_at=timezone.now())
    for n in range(8):
        ran(cast, 100 + n, 2)
    nightly.find_signals()
    assert not Signal.objects.exists()


def test_sketches_go_after_thirty_days_and_no_instruction_is_kept(cast):
    old, young = ran(cast, 1, 31), ran(cast, 2, 29)
    nightly.find_signals()
    old.refresh_from_db()
    young.refresh_from_db()
    assert old.sketch is None
    assert young.sketch is not None
    assert b"Look" not in bytes(young.sketch)


def test_the_key_decides_what_a_sketch_is(cast, settings):
    one = ran(cast, 1, 1)
    settings.SKETCH_KEY = "another"
    two = ran(cast, 2, 1)
    facts.noted(
        "portal", "3", person_id=cast.mia.pk, team_id=cast.support.pk, agent_id=7, agent_name="",
        instruction="Look at number 1", at=timezone.now(),
    )  # fmt: skip
    again = TaskFact.objects.get(ref="3")
    assert bytes(again.sketch) != bytes(one.sketch)
    assert bytes(two.sketch) != bytes(again.sketch)
