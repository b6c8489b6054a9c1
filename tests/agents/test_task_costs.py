"""What a task cost is its person's: whoever manages the agent, and the trail, read why it ended and no amount of it."""

import pytest

from agents.lifecycle.agents import share_agent
from agents.permissions import Level
from agents.queue import actions as tasks
from agents.queue.models import Task
from agents.queue.states import TaskState
from metering.budgets.permissions import of_team
from portal.audit.models import Entry
from portal.words import money
from tests.agents.scripted import on, queued, run
from tests.cast import Cast, as_
from tests.metering.budgeted import CENT
from tests.metering.budgeted import budget as set_budget

pytestmark = pytest.mark.django_db
__all__ = ["on"]
PAGES = ("/tasks/", "/")


def read_by(person, task: Task) -> str:
    agent = task.agent.get_absolute_url()
    return "".join(as_(person).get(url).text for url in (task.get_absolute_url(), agent, *PAGES))


def managed(cast: Cast, task: Task) -> None:
    """Lea manages the agent that works for Mia, who lets her look at the task."""
    share_agent(cast.mia, task.agent, reader=cast.lea, level=Level.MANAGER)
    tasks.share(cast.mia, task, reader=None)


def test_what_the_next_call_may_cost_shows_to_the_task_s_person_only(cast, on):
    with on([("mail_list", {})], "Done."):
        task = queued(cast)
        managed(cast, task)
        set_budget(cast.lea, of_team(cast.support), CENT)  # less than one call can cost
        task = run(task)
    assert task.state == TaskState.FAILED
    (refused,) = task.reason["params"]["refused"]
    needs = money(refused["params"]["needs"])
    assert needs in task.why()
    assert needs.startswith("$")
    assert needs in read_by(cast.mia, task)
    seen = read_by(cast.lea, task)
    assert "the next call may cost more. It resets" in seen
    assert needs not in seen
    assert Entry.objects.filter(event="task.failed", details__reason__code="budgets").exists()
    assert not Entry.objects.filter(details__icontains=needs).exists()
    assert not Entry.objects.filter(details__icontains=str(refused["params"]["needs"])).exists()


def test_a_task_at_its_limit_says_the_limit_and_not_what_it_used(cast, on):
    with on([("mail_list", {"page": 1})], [("mail_list", {"page": 2})]):
        task = run(queued(cast, max_tokens=2_000))
    managed(cast, task)
    assert (task.state, task.tokens > 2_000) == (TaskState.FAILED, True)
    used = f"{task.tokens:,}"
    assert used in read_by(cast.mia, task)
    seen = read_by(cast.lea, task)
    assert "The task has reached its limit of 2,000 tokens" in seen
    assert used not in seen
    assert not Entry.objects.filter(details__icontains=used).exists()
