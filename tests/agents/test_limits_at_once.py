"""Limits on tasks of one agent, and on calls on one connection, at once: kept in races, in fair order, set on pages."""

import pytest
from django.urls import reverse

from agents.lifecycle.tasks import claim_task, finish_task
from agents.queue import actions as tasks
from agents.queue import order
from agents.queue.models import Call, Task
from agents.registry.models import Agent
from agents.runtime import loop, taking
from agents.stops.holding import free
from portal.audit.record import PORTAL
from tests import builders
from tests.agents.at_once import at_once
from tests.cast import as_

S = Call.State


def text(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def limited(cast) -> Agent:
    agent = builders.agent(cast.mia, cast.support)
    Agent.objects.filter(pk=agent.pk).update(most_at_once=2)
    agent.refresh_from_db()
    return agent


def due() -> list[int]:
    return list(free(Task.objects.due()).in_order().values_list("pk", flat=True))


@pytest.mark.django_db(transaction=True)
def test_of_workers_that_claim_at_once_two_get_tasks_of_an_agent_for_two(cast, limited):
    other = builders.agent(cast.mia, cast.support, name="Other")
    mine = [tasks.queue(cast.mia, limited, instruction=f"Task {n}").pk for n in range(6)]
    beside = tasks.queue(cast.mia, other, instruction="Beside").pk
    for _ in range(2):
        ends = at_once(*(lambda pk=pk: claim_task(pk, worker=f"w{pk}") for pk in mine))
        assert all(end is None or isinstance(end, Task) for end in ends), ends
        assert Task.objects.at_work().filter(agent=limited).count() == 2
    assert due() == [beside]
    assert claim_task(beside, worker="w") is not None


@pytest.mark.django_db
def test_the_next_is_sent_when_a_place_is_free_and_turns_are_kept(cast, limited, monkeypatch):
    sent: list[int] = []
    monkeypatch.setattr("agents.queue.places.send", lambda task: sent.append(task.pk))
    mine = [tasks.queue(cast.mia, limited, instruction=f"Task {n}") for n in range(4)]
    first, _ = (claim_task(task.pk, worker="w") for task in mine[:2])
    assert due() == []
    assert claim_task(mine[2].pk, worker="w") is None
    page = text(as_(cast.mia).get(mine[2].get_absolute_url()))
    assert "2 tasks of this agent are under way" in page
    assert "it waits for one of them" in page
    assert sent == []
    finish_task(PORTAL, first, result="Done", counts={})
    assert sent == [mine[2].pk]
    assert due() == [mine[2].pk, mine[3].pk]
    assert "tasks of this agent are under way" not in text(as_(cast.mia).get(mine[2].get_absolute_url()))
    ran: list[int] = []
    monkeypatch.setattr(loop, "run", lambda pk, **how: bool(ran.append(pk) or True))
    taking.take(mine[3].pk)
    assert ran == [mine[2].pk]
    assert order.place(mine[2]) == 1


@pytest.mark.django_db
def test_a_task_that_waits_for_people_or_for_trouble_takes_no_place(cast, limited, monkeypatch):
    sent: list[int] = []
    monkeypatch.setattr("agents.queue.places.send", lambda task: sent.append(task.pk))
    Agent.objects.update(most_at_once=1)
    one, two = (tasks.queue(cast.mia, limited, instruction=f"Task {n}") for n in range(2))
    claimed = claim_task(one.pk, worker="w")
    tasks.put_off(PORTAL, claimed, why={}, seconds=60)
    assert sent == [two.pk]
    assert claim_task(two.pk, worker="w") is not None


@pytest.mark.django_db
def test_each_limit_is_set_on_its_own_page_by_who_may(cast):
    agent, box = builders.triage(cast)
    url = reverse("registry:edit", args=[agent.pk])
    form = as_(cast.mia).get(url).context["form"]
    values = {name: value for name, value in form.initial.items() if value is not None}
    values |= {"name": agent.name, "purpose": agent.purpose, "model": agent.model, "most_at_once": "3"}
    as_(cast.mia).post(url, values, follow=True)
    agent.refresh_from_db()
    assert agent.most_at_once == 3
    assert "At most 3 tasks of it are under way at once." in text(as_(cast.mia).get(agent.get_absolute_url()))
    wrong = as_(cast.mia).post(url, values | {"most_at_once": "0"})
    assert "Write a whole number from 1 to 1,000, or nothing." in text(wrong)
    assert as_(cast.lea).post(url, values).status_code == 403
    url = reverse("connections:edit", args=[box.pk])
    first = as_(cast.ada).get(url)
    values = {"name": box.name, "most_at_once": "2"}
    values |= {f"settings-{name}": value for name, value in first.context["settings"].initial.items()}
    as_(cast.ada).post(url, values, follow=True)
    box.refresh_from_db()
    assert box.most_at_once == 2
    assert "At most 2 calls at once, of all agents together." in text(
        as_(cast.ada).get(box.get_absolute_url())
    )
