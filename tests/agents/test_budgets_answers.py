"""What a model's answer says of itself: neither its name nor its counts let a call past the budgets."""

from decimal import Decimal

import pytest

from agents.queue import actions as tasks
from agents.queue.states import TaskState
from agents.runtime import loop, spending
from metering.budgets.permissions import of_team
from metering.usage import actions as ledger
from metering.usage.models import UsageEvent, UsageRefusal
from tests import builders
from tests.agents import scripted
from tests.agents.scripted import on, queued, run
from tests.metering.budgeted import CENT, DOLLAR, sums
from tests.metering.budgeted import budget as set_budget
from tests.metering.builders import today
from tests.openai_server import Model

pytestmark = pytest.mark.django_db
__all__ = ["on"]


@pytest.fixture
def alias(settings, monkeypatch):
    """The agent's model is a gateway's name for another, which its answers bear."""
    settings.OPENAI_MODELS = [*settings.OPENAI_MODELS, "prod-chat"]
    monkeypatch.setattr(scripted, "MODEL", "openai:prod-chat")


def answers_as(model: Model, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = model.answer
    monkeypatch.setattr(model, "answer", lambda body: {**real(body), "model": name})


def test_an_alias_is_priced_by_its_own_contract_before_the_call_and_after_it(cast, on, alias, monkeypatch):
    prices = {"input": Decimal(2), "cache_read": None, "cache_write": None, "output": Decimal(8)}
    dates = {"valid_from": today(), "valid_until": None, "note": ""}
    ledger.add_price("t", provider="openai", pattern="prod-*", currency="USD", **prices, **dates)
    with on("Done.") as model:
        answers_as(model, "gpt-4o", monkeypatch)
        task = queued(cast)
        small = set_budget(cast.lea, of_team(cast.support), CENT)  # less than one call can cost
        task = run(task)
        assert (task.state, len(model.requests), sums(small)) == (TaskState.FAILED, 0, (0, 0))
        small.limit_micros = DOLLAR
        small.save()
        task = run(builders.unnarrowed(tasks.queue(cast.mia, task.agent, instruction="Again.")))
    assert task.state == TaskState.SUCCEEDED
    assert sums(small) == (task.cost_micros, 0) == (1_000 * 2 + 50 * 8, 0)
    assert UsageEvent.objects.get().model == "prod-chat"


def test_an_alias_without_a_price_is_not_priced_by_the_name_of_its_answer(cast, on, alias, monkeypatch):
    with on("Done.") as model:
        answers_as(model, "gpt-4o", monkeypatch)
        task = queued(cast)
        one = set_budget(cast.lea, of_team(cast.support), CENT)
        task = run(task)
    assert (task.state, task.cost_micros, sums(one)) == (TaskState.SUCCEEDED, None, (0, 0))
    assert one.counters.get().unpriced_calls == 1


def test_a_budget_that_refuses_models_without_a_price_has_none_of_their_answers(cast, on, monkeypatch):
    with on("Done.") as model:
        answers_as(model, "house-7b", monkeypatch)
        task = queued(cast)
        one = set_budget(cast.lea, of_team(cast.support), DOLLAR, refuses_unpriced=True)
        task = run(task)
    assert sums(one) == (task.cost_micros, 0)
    assert task.cost_micros
    assert loop.Step.objects.get(task=task).cost_micros == task.cost_micros


def test_cached_tokens_that_are_counted_apart_were_read_too(cast, on):
    with on([("mail_list", {})], "Done.") as model:
        model.usage = {
            "prompt_tokens": 100,
            "completion_tokens": 50,
            "total_tokens": 150,
            "prompt_tokens_details": {"cached_tokens": 4_000},
        }
        task = queued(cast)
        one = set_budget(cast.lea, of_team(cast.support), DOLLAR)
        task = run(task)
    events = UsageEvent.objects.filter(task=str(task.pk))
    assert {(one.input_tokens, one.cache_read_tokens) for one in events} == {(4_100, 4_000)}
    assert (task.tokens, task.cost_micros) == (2 * 4_150, sum(one.cost_micros for one in events))
    assert sums(one) == (task.cost_micros, 0)
    assert not UsageRefusal.objects.exists()


@pytest.mark.parametrize(
    ("usage", "refused"),
    [
        ({"prompt_tokens": 100, "completion_tokens": 90_000_000_000, "total_tokens": 100}, True),
        ({"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}, False),
        (None, False),
    ],
)
def test_usage_that_nobody_knows_costs_the_budgets_what_was_set_aside(cast, on, usage, refused):
    with on("Done.") as model:
        model.usage = usage
        task = queued(cast)
        one = set_budget(cast.lea, of_team(cast.support), DOLLAR)
        task = run(task)
    assert (task.state, bool(task.cost_micros)) == (TaskState.SUCCEEDED, False)
    assert UsageRefusal.objects.exists() is refused
    settled, reserved = sums(one)
    assert settled >= spending.most(scripted.MODEL, [], spending.ModelRequestParameters())
    assert (reserved, one.counters.get().unpriced_calls) == (0, 0)
