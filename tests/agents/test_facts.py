"""What the portal's own tasks tell metering: queued with a sketch, ended with effects, opened by whom, turn by turn."""

from django.db import connection
from django.urls import reverse

from agents.lifecycle.tasks import cancel_task
from agents.queue import actions as tasks
from agents.queue.models import Task
from agents.queue.task_facts import SOURCE
from agents.runtime import loop
from metering.signals.models import TaskFact
from metering.usage.models import UsageEvent
from portal.people.models import Person
from tests import builders
from tests.cast import as_


def queued(cast, text: str = "Triage my mailbox", *, opened: bool = True) -> Task:
    agent, _ = builders.triage(cast, {"Invoice 7": "Please pay 12 euros"}, opened=opened)
    return builders.unnarrowed(tasks.queue(cast.mia, agent, instruction=text))


def fact(task: Task) -> TaskFact:
    return TaskFact.objects.get(source=SOURCE, ref=str(task.pk))


def test_a_queued_task_is_noted_with_a_sketch_and_without_its_words(cast):
    task = queued(cast)
    noted = fact(task)
    assert (noted.person, noted.team, noted.agent_id) == (cast.mia, cast.support, task.agent_id)
    assert noted.trigger == "manual"
    assert noted.ended_at is None
    assert noted.sketch
    assert b"Triage" not in bytes(noted.sketch)


def test_effects_are_the_calls_that_were_done_and_are_no_reads(cast):
    task = queued(cast)
    loop.run(task.pk)
    task.refresh_from_db()
    changing = task.calls.filter(state="done").exclude(
        capability__in=["mail.list", "mail.read", "mail.search"]
    )
    assert fact(task).effects == changing.count() > 0
    assert fact(task).ended_at is not None


def look(person: Person, task: Task, **headers: str) -> None:
    """Open the task's page; what it sends by itself when it has stood there for a moment is sent as well."""
    page = as_(person).get(reverse("queue:detail", args=[task.pk])).content.decode()
    address = reverse("queue:opened", args=[task.pk])
    if f'hx-post="{address}"' in page:
        answer = as_(person).post(address, headers={"HX-Request": "true", **headers})
        assert (answer.status_code, answer.content) == (204, b"")


def test_an_opened_result_counts_not_the_page_of_a_task_that_waits(cast):
    task = queued(cast)
    look(cast.mia, task)
    assert fact(task).opened_at is None
    loop.run(task.pk)
    look(cast.mia, task)
    first = fact(task).opened_at
    assert first is not None
    look(cast.mia, task)
    assert fact(task).opened_at == first
    assert fact(task).opened_by_other_at is None


def test_only_a_page_that_a_person_has_before_them_counts(cast):
    """Nothing that merely fetches the address, no page that a browser fetches in advance, no form without htmx."""
    task = queued(cast)
    loop.run(task.pk)
    as_(cast.mia).get(reverse("queue:detail", args=[task.pk]))
    assert as_(cast.mia).get(reverse("queue:opened", args=[task.pk])).status_code == 405
    look(cast.mia, task, **{"Sec-Purpose": "prefetch;prerender"})
    as_(cast.mia).post(reverse("queue:opened", args=[task.pk]))
    assert fact(task).opened_at is None
    look(cast.mia, task)
    assert fact(task).opened_at is not None


def test_somebody_else_who_may_see_the_task_is_noted_apart(cast):
    task = queued(cast)
    loop.run(task.pk)
    Task.objects.filter(pk=task.pk).update(person=cast.lea)
    tasks.share(cast.lea, Task.objects.get(pk=task.pk), reader=cast.mia)
    look(cast.mia, task)
    assert fact(task).opened_at is None
    assert fact(task).opened_by_other_at is not None


def test_the_ledger_knows_each_turn_and_which_repeats_the_one_before(cast):
    task = queued(cast)
    loop.run(task.pk)
    events = list(UsageEvent.objects.filter(task=str(task.pk)).order_by("at", "id"))
    assert len(events) > 1
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT turn, failed, retried, trigger FROM metering_usageevent WHERE task = %s ORDER BY turn",
            [str(task.pk)],
        )
        rows = cursor.fetchall()
    assert [row[0] for row in rows] == list(range(1, len(events) + 1))
    assert {row[1:] for row in rows} == {(False, False, "manual")}


def test_a_stopped_task_needs_no_reader(cast):
    task = queued(cast)
    cancel_task(cast.mia, task)
    assert fact(task).ended_at is None
