"""Fair shares: whoever queued a thousand tasks keeps nobody else waiting for more than two of them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agents import sweep
from agents.lifecycle.agents import share_agent
from agents.permissions import Level
from agents.queue import actions, order
from agents.queue.models import Task
from agents.queue.states import TaskState
from agents.runtime import loop, taking
from tests import builders
from tests.agents import transcripts
from tests.cast import as_

pytestmark = pytest.mark.django_db
S = TaskState


@pytest.fixture
def agent(cast):
    made = builders.agent(cast.mia, cast.support)
    share_agent(cast.mia, made, reader=cast.lea, level=Level.OPERATOR)
    return made


@pytest.fixture
def hands(monkeypatch):
    """What workers took, in order; ``end`` ends the first that is still at work."""
    taken = []

    def run(pk: int, **how: bool) -> bool:
        got = Task.objects.filter(pk=pk, state=S.QUEUED).update(state=S.RUNNING)
        taken.extend([pk] * got)
        return bool(got)

    monkeypatch.setattr(loop, "run", run)
    return taken


def end(pk: int) -> None:
    Task.objects.filter(pk=pk).update(
        state=S.SUCCEEDED, finished_at=timezone.now(), steps_done=1, seconds_worked=30
    )


def flood(person, agent, number: int) -> list[int]:
    """So many tasks of one person, as the verb queues them."""
    first = actions.queue(person, agent, instruction="Task")
    more = [
        Task(
            **{
                field.attname: getattr(first, field.attname)
                for field in Task._meta.fields
                if field.name != "id"
            }
        )
        for _ in range(number - 1)
    ]
    for place, task in enumerate(more, 1):
        task.turn = first.turn + place
    return [first.pk, *(task.pk for task in Task.objects.bulk_create(more))]


def test_another_s_task_starts_after_at_most_two_of_a_thousand(cast, agent, hands):
    many = flood(cast.mia, agent, 1_000)
    assert order.following(cast.mia.pk) == Task.objects.get(pk=many[-1]).turn + 1
    for pk in many[:2]:  # two hands; messages come as they were sent
        taking.take(pk)
    assert hands == many[:2]
    other = actions.queue(cast.lea, agent, instruction="Mine")
    assert order.place(other) == 1
    end(many[0])
    taking.take(many[2])
    assert hands[2:] == [other.pk]


def test_people_alternate_and_every_message_brings_one_task(cast, agent, hands):
    many, few = flood(cast.mia, agent, 6), []
    taking.take(many[0])
    few += [actions.queue(cast.lea, agent, instruction=f"Mine {n}").pk for n in range(3)]
    for pk in [*many[1:], *few]:
        end(hands[-1])
        taking.take(pk)
    assert sorted(hands) == sorted([*many, *few])
    assert hands[:7] == [many[0], few[0], many[1], few[1], many[2], few[2], many[3]]


def test_who_has_nothing_queued_earns_no_credit_and_owes_none(cast, agent, hands):
    many = flood(cast.mia, agent, 9)
    for pk in many[:8]:
        taking.take(pk)
        end(pk)
    Task.objects.filter(pk=many[7]).update(state=S.RUNNING)
    few = [actions.queue(cast.lea, agent, instruction=f"Mine {n}").pk for n in range(4)]
    turns = list(Task.objects.filter(pk__in=few).order_by("pk").values_list("turn", flat=True))
    now = Task.objects.get(pk=many[7]).turn
    assert turns == [now, now + 1, now + 2, now + 3]


def test_what_waits_for_trouble_or_under_a_stop_is_passed_over(cast, agent, hands):
    first, second, third = flood(cast.mia, agent, 3)
    Task.objects.filter(pk=first).update(due_at=timezone.now() + timedelta(minutes=1))
    taking.take(first)
    assert hands == [second]
    Task.objects.filter(pk=first).update(due_at=timezone.now() - timedelta(minutes=1))
    taking.take(third)
    assert hands == [second, first]


def test_a_message_that_comes_again_brings_back_the_task_whose_worker_is_gone(cast, agent, monkeypatch):
    left = transcripts.running(cast.mia, agent)
    monkeypatch.setattr(taking.claims, "gone", lambda task: task.pk == left.pk)
    actions.queue(cast.lea, agent, instruction="Mine")
    ran = []
    monkeypatch.setattr(loop, "run", lambda pk, **how: ran.append(pk))
    taking.take(left.pk)
    assert ran == [left.pk]


def test_the_sweep_does_not_send_again_what_only_waits(cast, agent, hands, monkeypatch):
    many, sent = flood(cast.mia, agent, 20), []
    monkeypatch.setattr("agents.sweep.later", lambda worker, pk: sent.append(pk))
    taking.take(many[0])
    Task.objects.update(sent_at=timezone.now() - timedelta(minutes=9))
    for waiting in (1, None):
        monkeypatch.setattr(sweep.broker, "ready", lambda waiting=waiting: waiting)
        sweep.send()
        assert sent == []  # one message brings the rest, and a broker that is away takes none
    monkeypatch.setattr(sweep.broker, "ready", lambda: 0)
    sweep.send()
    sweep.send()
    assert sent == many[1:]


def test_the_page_says_its_place_and_when_it_probably_starts(cast, agent, hands):
    many = flood(cast.mia, agent, 6)
    page = as_(cast.mia).get(Task.objects.get(pk=many[4]).get_absolute_url()).text
    assert "number 5 in the queue" in " ".join(page.split())
    assert "probably" not in page
    taking.take(many[0])
    end(many[0])
    taking.take(many[1])
    assert order.probably_within(3) == timedelta(seconds=90)
    page = " ".join(as_(cast.mia).get(Task.objects.get(pk=many[4]).get_absolute_url()).text.split())
    assert "number 3 in the queue" in page
    assert "It probably starts" in page
