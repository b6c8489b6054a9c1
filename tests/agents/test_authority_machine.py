"""People, shares, leaving, stops and tasks in any order: no effect for who may not operate the agent at that moment."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from agents.connections.models import ConnectionQuerySet
from agents.gate import facts
from agents.queue.task_querysets import TaskQuerySet
from tests.agents.any_authority import Company

pytestmark = pytest.mark.django_db


def run(machine: type[Company], examples: int) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=25,
            database=None,
            phases=[Phase.generate],
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


class AfterTheFact(Company):
    """Nothing ends tasks when a right is taken: the gate alone looks."""

    @invariant()
    def nothing_is_under_way_for_who_may_not(self) -> None:
        return None


def no_tasks(rows: TaskQuerySet) -> TaskQuerySet:
    return rows.none()


def nobodys(*_: Any) -> None:
    return None


def test_no_order_of_events_does_anything_for_who_may_not() -> None:
    run(Company, 12)


def test_the_gate_alone_holds_where_nothing_ended_the_task(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TaskQuerySet, "barred", no_tasks)
    run(AfterTheFact, 6)


def ended(company: Company) -> None:
    company.queue("lea")
    company.unshare("lea")
    company.nothing_is_under_way_for_who_may_not()


def gone_on(company: Company) -> None:
    task = company.queue("lea")
    company.call(task, False, "strange.write")
    company.unshare("lea")
    company.call(task, False, "strange.write")
    company.nothing_happened_that_must_not()


def another_mailbox(company: Company) -> None:
    company.call(company.queue("lea"), True, "strange.write")
    company.nothing_happened_that_must_not()


# What is left out, what then happens (played, so that it is found each time), and what the machine says.
MISSING = {
    "the end of tasks": (ended, "is under way"),
    "the look at the person": (gone_on, "may not operate the agent"),
    "the look at the connection": (another_mailbox, "connection is not open to"),
}


@pytest.mark.parametrize("missing", MISSING)
def test_the_machine_notices_what_is_left_out(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    happens, words = MISSING[missing]
    company = Company()
    try:
        if missing == "the look at the connection":
            monkeypatch.setattr(ConnectionQuerySet, "whose", nobodys)
        else:
            monkeypatch.setattr(TaskQuerySet, "barred", no_tasks)
        if missing == "the look at the person":
            monkeypatch.setattr(facts, "barred", lambda *_: "")
        with pytest.raises(AssertionError, match=words):
            happens(company)
    finally:
        company.teardown()
