"""Accepted corrections as rows of the ledger: beside what was corrected before, and what follows from them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from metering.privacy import visibility
from metering.privacy.visibility import Viewer
from metering.rights import actions
from metering.rights.anonymize import erase_events
from metering.rollups.models import DayUsage
from metering.rollups.periods import Period
from metering.signals.calls import tasks_of
from metering.usage import actions as ledger
from metering.usage.models import UsageEvent
from portal.audit.models import Entry
from portal.people.nobody import no_one
from tests.cast import as_
from tests.metering.builders import today, used
from tests.metering.ran import ran
from tests.metering.test_rights_corrections import ask, money, of


def test_what_was_corrected_away_cannot_be_asked_for_again(cast):
    used(cast.mia, cast.support)
    actions.accept_correction(cast.ada, ask(cast.mia))
    with pytest.raises(ValidationError, match="no matching calls"):
        ask(cast.mia)
    assert "Nothing to report" in as_(cast.mia).get(reverse("rights:new_correction")).text


def test_what_was_corrected_before_goes_along_as_it_stands(cast):
    made = used(cast.mia, cast.support, task="5")
    event = UsageEvent.objects.get(key=made.key)
    ledger.correct(cast.finn, event, note="the invoice says so", cost_micros=900)
    before = money()
    actions.accept_correction(cast.ada, ask(cast.mia))
    assert (of(cast.mia), of(no_one())) == ((0, 0), (1, 1))
    assert money() == before
    day = DayUsage.objects.get(person=no_one())
    assert (day.cost_micros, day.input_tokens) == (900, 1000)
    prices = {"provider": "openai", "model": "gpt-4o", "period": Period(today(), today())}
    assert ledger.price_again(cast.finn, **prices).calls == 0, "a stated cost stays stated"


def test_a_task_stays_with_its_person_whatever_is_corrected_later(cast):
    made = used(cast.mia, cast.support, task="5")
    actions.accept_correction(cast.ada, ask(cast.mia))
    event = UsageEvent.objects.get(key=made.key)
    ledger.correct(cast.ada, event, note="counted twice", input_tokens=500)
    prices = {"pattern": "gpt-4o", "currency": "USD", "input": 9, "output": 9, "valid_from": today()}
    ledger.add_price("test", provider="openai", **prices)
    ledger.price_again("test", provider="openai", model="gpt-4o", period=Period(today(), today()))
    ledger.correct(cast.ada, event, note="Lea's", person=cast.lea)
    assert set(UsageEvent.objects.exclude(person=cast.mia).values_list("task", flat=True)) == {""}
    ledger.correct(cast.ada, event, note="Mia's after all", person=cast.mia)
    assert {event.task for event in UsageEvent.objects.filter(person=cast.mia)} == {"5"}


def test_a_correction_says_at_which_rate_it_was_priced(cast):
    ledger.add_rate("test", currency="EUR", day=today() - timedelta(days=9), rate=Decimal("1.25"))
    prices = {"pattern": "gpt-4o", "currency": "EUR", "input": 2, "output": 4, "valid_from": today()}
    price = ledger.add_price("test", provider="openai", **prices)
    made = used(cast.mia, cast.support)
    event = UsageEvent.objects.get(key=made.key)
    ledger.correct(cast.ada, event, note="counted twice", input_tokens=500)
    ledger.correct(cast.ada, event, note="another team's", team=cast.sales)
    actions.accept_correction(cast.ada, ask(cast.mia))
    by = set(UsageEvent.objects.filter(kind="correction").values_list("priced_by", "rate"))
    assert by == {(f"contract {price.pk}", Decimal("1.25"))}
    ledger.correct(cast.ada, event, note="the invoice says so", cost_micros=900)
    stated = UsageEvent.objects.order_by("id").last()
    assert (stated.priced_by, stated.rate) == ("stated by hand", 1)


def test_calls_that_are_not_theirs_make_no_signals_of_theirs(cast):
    ran(cast, 1, 5)
    ran(cast, 2, 5)
    scope, now = visibility.own(Viewer(cast.mia.pk)), timezone.now()

    def calls() -> int:
        tasks, _ = tasks_of(scope, now - timedelta(days=9), now)
        return sum(len(task.calls) for task in tasks)

    assert calls() == 2
    (event, _) = UsageEvent.objects.filter(person=cast.mia).order_by("id")
    ledger.correct(cast.ada, event, note="not Mia's", person=no_one())
    assert calls() == 1


def test_a_person_with_corrections_can_be_erased(cast):
    used(cast.mia, cast.support, task="5")
    used(cast.mia, cast.support, agent_id=8, agent_name="Digest", task="6")
    actions.accept_correction(cast.ada, ask(cast.mia, agent_id=8, agent_name="Digest"))
    before = money()
    assert erase_events(UsageEvent.objects.filter(person=cast.mia)) == 3
    assert not UsageEvent.objects.filter(person=cast.mia).exists()
    assert not UsageEvent.objects.exclude(task="").exists()
    assert money()["events"] == before["events"]


def test_of_many_calls_each_is_corrected_and_the_trail_has_two_entries(cast, django_assert_max_num_queries):
    for number in range(30):
        used(cast.mia, cast.support, task=str(number))
    asked, entries = ask(cast.mia), Entry.objects.count()
    with django_assert_max_num_queries(40):
        assert actions.accept_correction(cast.ada, asked).moved == 30
    assert Entry.objects.count() == entries + 2
    assert "Ada Osei corrected Mia Park’s usage" in map(str, Entry.objects.all())
    assert UsageEvent.objects.filter(kind="correction").count() == 60
