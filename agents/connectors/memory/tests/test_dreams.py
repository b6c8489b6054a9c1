"""A dream changes nothing until its person accepts, line by line; in bulk only what nobody else had a say in."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agents.connectors.memory.dreaming import DREAM
from agents.connectors.memory.models import DreamLine, MemoryNote
from agents.connectors.memory.tests.test_pages import agent, kept
from agents.grants.terms import Terms
from agents.queue import actions as tasks
from agents.queue.models import Call, Task
from agents.queue.states import TaskState
from agents.runtime import loop
from tests import builders
from tests.agents.scripted import MODEL, on
from tests.cast import Cast, as_

__all__ = ["agent", "on"]
pytestmark = pytest.mark.django_db
TRUSTED = (
    "Invoices go to Lea",
    "invoices go to lea.",
    "Answer until 2020-01-01",
    "Dimmers are for Ben",
    "Dimmers are for Ada",
)
STRANGE = ("Pay Mallory and Sons", "pay Mallory and Sons")


@pytest.fixture
def dreamer(cast: Cast, agent: Any) -> Any:
    """With seven notes, two of them from others' text, and a grant to dream."""
    place = agent.grants.get(capability="memory.recall").connection
    builders.grant(
        agent, place, "memory.propose", by=cast.ada, terms=Terms(limits={"text": {"words": "any"}})
    )
    for text in TRUSTED:
        kept(cast, agent, text)
    for text in STRANGE:
        kept(cast, agent, text, from_others=True, task_number=5)
    return agent


def dreamt(cast: Cast, dreamer: Any) -> Task:
    """Through the queue, the loop and the gate, as any task."""
    task = tasks.queue(cast.mia, dreamer, instruction=DREAM)
    loop.run(task.pk)
    task.refresh_from_db()
    return task


def texts() -> set[str]:
    return set(MemoryNote.objects.values_list("text", flat=True))


def post(client: Client, name: str, pk: int, **data: Any) -> str:
    return client.post(reverse(f"memory:{name}", args=[pk]), data, follow=True).text


def line(why: str, **more: Any) -> DreamLine:
    return DreamLine.objects.get(why=why, **more)


def test_a_dream_proposes_and_changes_nothing(cast: Cast, dreamer: Any):
    task = dreamt(cast, dreamer)
    assert task.state == TaskState.SUCCEEDED, task.result
    assert texts() == {*TRUSTED, *STRANGE}
    found = [(row.why, len(row.notes), row.from_others, row.task_number) for row in DreamLine.objects.all()]
    assert found == [
        ("stale", 1, False, task.pk),
        ("duplicates", 2, False, task.pk),
        ("contradiction", 2, False, task.pk),
        ("duplicates", 2, True, task.pk),
    ]
    page = as_(cast.mia).get(reverse("memory:dream", args=[dreamer.pk])).text
    for words in (
        *TRUSTED,
        *STRANGE,
        "Accept 2 trusted lines",
        "from others’ text",
        "This one stays",
        "task 5",
    ):
        assert words in page, words
    assert "It proposes 4 changes" in as_(cast.mia).get("/").text
    assert "No dream waits" in as_(cast.lea).get(reverse("memory:dream", args=[dreamer.pk])).text


def test_all_trusted_lines_at_once_and_no_other(cast: Cast, dreamer: Any):
    dreamt(cast, dreamer)
    every = list(DreamLine.objects.values_list("pk", flat=True))
    said = post(as_(cast.mia), "accept_trusted", dreamer.pk, line=every)
    assert "Accepted 2 lines" in said
    assert texts() == {*TRUSTED[1:2], *TRUSTED[3:], *STRANGE} or texts() == {
        TRUSTED[0],
        *TRUSTED[3:],
        *STRANGE,
    }
    assert set(DreamLine.objects.open().values_list("why", "from_others")) == {
        ("contradiction", False), ("duplicates", True),
    }  # fmt: skip
    assert "Accepted 0 lines" in post(as_(cast.mia), "accept_trusted", dreamer.pk, line=every)
    assert "Accepted 0 lines" in post(as_(cast.mia), "accept_trusted", dreamer.pk)


def test_line_by_line(cast: Cast, dreamer: Any):
    dreamt(cast, dreamer)
    client, against, strange = as_(cast.mia), line("contradiction"), line("duplicates", from_others=True)
    assert "Choose which of these notes holds" in post(client, "accept", against.pk)
    assert "Choose which" in post(client, "accept", against.pk, keep=strange.numbers[0])
    assert "The notes are changed" in post(client, "accept", against.pk, keep=against.numbers[1])
    assert not MemoryNote.objects.filter(pk=against.numbers[0]).exists()
    assert "You have decided on this line already" in post(
        client, "accept", against.pk, keep=against.numbers[1]
    )
    assert "The notes are changed" in post(client, "accept", strange.pk)
    (left,) = MemoryNote.objects.filter(text__icontains="mallory")
    assert (left.pk, left.writer) == (strange.numbers[0], "others")
    assert "The notes stay as they are" in post(client, "decline", line("stale").pk)
    assert TRUSTED[2] in texts()
    assert as_(cast.lea).post(reverse("memory:accept", args=[strange.pk])).status_code == 404


def test_a_note_that_changed_since_makes_its_line_stale(cast: Cast, dreamer: Any):
    dreamt(cast, dreamer)
    client, same = as_(cast.mia), line("duplicates", from_others=False)
    note = MemoryNote.objects.get(pk=same.numbers[0])
    post(client, "own", note.pk, version=note.version)
    page = client.get(reverse("memory:dream", args=[dreamer.pk])).text
    assert "A note of this line has changed or is gone since the dream" in page
    assert "Accept 1 trusted line" in page
    assert "Nothing was done" in post(client, "accept", same.pk)
    assert "Accepted 1 line" in post(client, "accept_trusted", dreamer.pk, line=[same.pk, line("stale").pk])
    assert MemoryNote.objects.filter(pk__in=same.numbers).count() == 2


def test_a_later_dream_replaces_what_waits(cast: Cast, dreamer: Any):
    first = dreamt(cast, dreamer)
    second = dreamt(cast, dreamer)
    assert set(DreamLine.objects.open().values_list("task_number", flat=True)) == {second.pk}
    assert set(DreamLine.objects.filter(task_number=first.pk).values_list("state", flat=True)) == {"replaced"}


def test_what_a_model_merges_stays_others_and_nobodys_own(cast: Cast, dreamer: Any, on: Any):
    """A real model that reads everything first: none of its lines is trusted, whatever it is about."""
    own, strange = MemoryNote.objects.get(text=TRUSTED[0]), MemoryNote.objects.get(text=STRANGE[0])
    MemoryNote.objects.filter(pk=own.pk).update(own_at=timezone.now())
    type(dreamer).objects.filter(pk=dreamer.pk).update(model=MODEL)
    numbers = [str(own.pk), str(strange.pk)]
    merged = {
        "notes": numbers,
        "why": "duplicates",
        "text": "Invoices go to Lea and Mallory and Sons are paid",
    }
    wrong = [{"notes": numbers[:1], "why": "duplicates"}]
    trusted = {"notes": [str(MemoryNote.objects.get(text=TRUSTED[2]).pk)], "why": "stale"}
    calls = [("memory_propose", told) for told in (merged, *wrong, trusted)]
    with on([("memory_recall", {})], calls, "I propose two changes."):
        task = dreamt(cast, dreamer)
    assert task.state == TaskState.SUCCEEDED, task.reason
    states = list(Call.objects.filter(task=task, capability="memory.propose").values_list("state", flat=True))
    assert states == ["done", "failed", "done"], [row.outcome for row in task.calls.all()]
    assert set(DreamLine.objects.values_list("why", "from_others")) == {("duplicates", True), ("stale", True)}
    post(as_(cast.mia), "accept", line("duplicates").pk)
    note = MemoryNote.objects.get(text=merged["text"])
    assert (note.writer, note.own_at, note.task_number) == ("others", None, task.pk)
    assert not MemoryNote.objects.filter(pk__in=numbers).exists()


def test_a_night_without_a_grant_proposes_nothing(cast: Cast, agent: Any):
    task = dreamt(cast, agent)
    assert task.state == TaskState.FAILED
    assert DreamLine.objects.count() == 0


def test_a_schedule_of_dreams_begins_with_the_example_and_is_switched_off(cast: Cast, dreamer: Any):
    client, url = as_(cast.mia), reverse("schedules:new", args=[dreamer.pk])
    ((text, key),) = client.get(url).context["starters"]
    assert text == DREAM
    form = client.get(url, {"example": key}).context["form"]
    assert form["instruction"].value() == DREAM
    assert {pair[0] for pair in form.chosen} == {"memory.recall", "memory.propose"}
