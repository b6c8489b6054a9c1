"""Clearances, posts, changes, stops and rights in any order: nothing is posted that no clearance allows just then."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from agents.clearances import live
from agents.clearances.models import ClearanceQuerySet
from tests.agents.any_night import Night

pytestmark = pytest.mark.django_db


def test_no_order_of_events_posts_what_nobody_cleared():
    run_state_machine_as_test(
        Night,
        settings=settings(
            max_examples=6,
            stateful_step_count=20,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


# What is left out, and the change that would then go unnoticed.
MISSING = {
    "current": "schedule",
    "open": "hour",
    "agent_state": "agent",
    "last_stopped": "stop",
}


@pytest.mark.parametrize("missing", MISSING)
def test_the_machine_notices_what_is_left_out(monkeypatch: pytest.MonkeyPatch, missing: str):
    night = Night()
    try:
        night.begin(False)
        night.clear(3)
        match missing:
            case "current" | "open":
                monkeypatch.setattr(ClearanceQuerySet, missing, lambda rows, *_: rows.all())
            case "agent_state":
                monkeypatch.setattr(live, missing, lambda agent: night_state)
                night_state = night.here.schedule.clearances.get().agent_was
            case "last_stopped":
                monkeypatch.setattr(live, missing, lambda **_: None)
        if missing == "open":
            monkeypatch.setattr(live, "take", lambda *_: True)
        night.something_changes(MISSING[missing])
        with pytest.raises(AssertionError):
            night.post(night.here.cast.lea.email, False)
    finally:
        night.teardown()
