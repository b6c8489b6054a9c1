"""What a model's answer says of itself: neither its name nor its counts let a call past the budgets."""

from decimal import Decimal

import pytest

from agents.queue import actions as tasks
from agents.queue.states import TaskState
from agents.runtime import loop
from metering.budgets.keepers import of_team
from metering.usage import actions as ledger
from metering.usage.models import UsageEvent
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
