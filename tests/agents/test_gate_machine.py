"""Grants, stops, answers, calls in any order: no effect without a live grant and, where asked, its own unused yes."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from agents.queue.models import Call
from tests.agents.any_order import Portal


@pytest.mark.django_db
def test_no_order_of_events_lets_an_effect_through():
    run_state_machine_as_test(
        Portal,
        settings=settings(
            max_examples=20,
            stateful_step_count=40,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("meanwhile", "state", "code"),
    [
        ("nothing", Call.State.DONE, "approved"),
        ("twice", Call.State.DONE, "approved"),
        ("changed", Call.State.DENIED, "ask_outdated"),
        ("revoked", Call.State.DENIED, "grant_inactive"),
    ],
)
def test_what_may_come_between_a_yes_and_its_effect(meanwhile, state, code):
    """The machine's own rules, once each in the order that matters, whatever it draws."""
    portal = Portal()
    try:
        portal.call("strange.destroy", False)
        row = Call.objects.get(capability="strange.destroy")
        portal.allow_and_go_on(row.pk, meanwhile)
        row.refresh_from_db()
        assert (row.state, row.reasons[0]["code"], portal.wrong) == (state, code, [])
        portal.every_effect_has_its_row()
    finally:
        portal.teardown()
