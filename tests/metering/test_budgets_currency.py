"""A ledger in another currency than dollars: what forms ask for, and from which amount on an agent can run away."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from metering import budgets
from metering.budgets import watching
from metering.budgets.anomalies import FLOOR, reason
from metering.budgets.forms import BudgetForm, RaiseForm
from metering.usage.models import ExchangeRate
from portal.reasons import render_reason
from tests import builders
from tests.cast import as_
from tests.metering.budgeted import DOLLAR, NOON

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("code", "name"), [("USD", "dollars"), ("EUR", "euros"), ("JPY", "yen"), ("CHF", "CHF")]
)
def test_forms_ask_for_amounts_of_the_ledgers_currency(cast, settings, code, name):
    settings.CURRENCY = code
    assert BudgetForm(cast.finn).fields["limit"].label == f"Limit in {name}"
    assert RaiseForm().fields["more"].label == f"How much more, in {name}"
    agent, _ = builders.triage(cast)
    mia = as_(cast.mia)
    assert f"At most, in {name}" in mia.get(reverse("queue:new", args=[agent.pk])).text
    assert f"Cost in {name}" in mia.get(reverse("registry:new")).text


def spent(units: int):
    budgets.settle(budgets.Caller("x", "", 7, "A", 1, ""), micros=units * DOLLAR, now=NOON)
    return watching.this_hour(7, NOON)


@pytest.mark.parametrize(
    ("code", "rate", "most"),
    [("USD", None, 10), ("EUR", None, 10), ("JPY", None, 1_000), ("JPY", "150", 1_500), ("EUR", "0.9", 9)],
)
def test_an_agent_may_spend_what_ten_dollars_are_whatever_its_past(db, settings, code, rate, most):
    settings.CURRENCY = code
    for day, worth in ((1, "3"), (0, rate), (-1, "4")):
        if rate:
            when = NOON.date() - timedelta(days=day)
            ExchangeRate.objects.create(currency="USD", day=when, rate=Decimal(worth))
    assert not spent(most).is_anomaly
    assert spent(1).is_anomaly


def test_the_reason_names_the_floor_in_that_currency(db, settings):
    settings.CURRENCY = "JPY"
    assert "more than ¥1,000 since 11 Mar 2026, 12:00 UTC" in render_reason(reason(spent(1_001)))
    settings.CURRENCY = "USD"
    assert watching.floor(NOON) == FLOOR
