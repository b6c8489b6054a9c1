"""Texts of tasks, asks and messages go when their time is over; rows and trail stay; one task may be kept longer."""

import html
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from agents.approvals.models import Approval
from agents.connectors.chat.models import ChatMessage
from agents.queue import actions, retention
from agents.queue.models import Call, Step, Task
from agents.queue.retention import content_kept
from metering.outcomes.models import WorkItem
from metering.rights import retention as usage_retention
from portal.audit.models import Entry
from portal.env import KEPT
from portal.reasons import because, render_reason
from tests.cast import Cast, as_
from tests.world import make_world

pytestmark = pytest.mark.django_db
SECRET = "The merger with Acme"


@pytest.fixture
def world(cast: Cast):
    """Mia's task with texts everywhere, ended a while ago."""
    world = make_world(cast)
    task = world.task
    Task.objects.filter(pk=task.pk).update(
        instruction=SECRET, attached=SECRET, result=SECRET, state="succeeded", finished_at=ago(1)
    )
    Step.objects.filter(task=task).update(response={"parts": [SECRET]}, text=SECRET)
    Call.objects.filter(task=task).update(
        arguments={"to": "x", "text": SECRET}, reasons=[{"code": "granted", "text": SECRET}],
        summary=SECRET, result={"text": SECRET}, observed={"text": SECRET}, state="would",
    )  # fmt: skip
    Approval.objects.filter(call__task=task).update(
        origins=[SECRET], note=SECRET, why_dead=SECRET, state="dead"
    )
    ChatMessage.objects.create(
        key="00000000-0000-4000-8000-000000000001", agent=world.agent, on_behalf_of=cast.mia, to_person=cast.lea,
        task_number=task.pk, connection=world.connection, text=SECRET,
    )  # fmt: skip
    return world


def ago(days: float) -> object:
    """That much before the time of texts is over (below nothing: past it)."""
    return timezone.now() - content_kept() + timedelta(days=days)


def old(world, days: float = -1) -> None:
    Task.objects.filter(pk=world.task.pk).update(finished_at=ago(days))
    ChatMessage.objects.update(posted_at=ago(days))


def left() -> list[str]:
    """Where the words still are."""
    rows = [
        *Task.objects.values(),
        *Step.objects.values(),
        *Call.objects.values(),
        *Approval.objects.values(),
    ]
    rows += ChatMessage.objects.values()
    return [name for row in rows for name, value in row.items() if SECRET in str(value)]


def test_all_texts_go_at_their_time_and_nothing_else(world):
    old(world, days=0.1)
    assert retention.forget_texts() == 0
    assert len(left()) == 14
    counted = Task.objects.count(), Step.objects.count(), Call.objects.count(), Approval.objects.count()
    entries = Entry.objects.count()
    old(world)
    assert retention.forget_texts() == 1
    assert left() == []
    assert counted == (
        Task.objects.count(), Step.objects.count(), Call.objects.count(), Approval.objects.count()
    )  # fmt: skip
    assert Entry.objects.count() == entries
    call = Call.objects.get(pk=world.call.pk)
    assert (call.capability, call.state) == ("chat.post", "would")
    assert retention.forget_texts() == 0, "once"


def test_why_a_task_failed_stays_without_what_is_private(world, cast):
    """Page and list say the same: the code's sentence, and of a sentence from before the codes nothing."""
    often = because("asked_too_often")
    for reason, kept in ((often, often), ({"code": "earlier", "params": {"earlier": SECRET}}, {})):
        Task.objects.filter(pk=world.task.pk).update(reason=reason, state="failed", texts_gone_at=None)
        old(world)
        assert retention.forget_texts() == 1
        task = Task.objects.get(pk=world.task.pk)
        assert task.reason == kept
        page, listed = (as_(cast.mia).get(url).text for url in (f"/tasks/{task.pk}/", "/tasks/"))
        said = html.escape(render_reason(kept))
        assert (said or "The reason is no longer stored.") in page
        assert said in listed
        assert SECRET not in page + listed


@pytest.mark.parametrize("state", ["queued", "claimed", "running", "waiting"])
def test_what_is_under_way_keeps_its_texts_however_old_it_is(world, state):
    old(world)
    Task.objects.update(state=state)
    assert retention.forget_texts() == 0
    assert len(left()) == 14


def test_its_person_keeps_it_with_one_click_and_lets_it_go_with_another(world, cast):
    client, url = as_(cast.mia), f"/tasks/{world.task.pk}/"
    assert "Keep them for a year" in client.get(url).content.decode()
    assert client.post(f"{url}keeping/").status_code == 302
    assert "Keep them no longer" in client.get(url).content.decode()
    old(world)
    retention.forget_texts()
    assert len(left()) == 14, "its messages too"
    client.post(f"{url}keeping/end/")
    retention.forget_texts()
    assert left() == []
    assert Entry.objects.filter(event__in=["task.kept", "task.let_go"]).count() == 2
    with pytest.raises(ValidationError, match="removed already"):
        actions.keep(cast.mia, world.task)


def test_a_year_is_the_longest(world, cast):
    task = actions.keep(cast.mia, world.task)
    assert task.keep_until - timezone.now() < timedelta(days=365, seconds=1)
    Task.objects.update(finished_at=ago(-500), keep_until=timezone.now() - timedelta(seconds=1))
    assert retention.forget_texts() == 1


def test_pages_of_such_a_task_say_so_and_work(world, cast):
    old(world)
    retention.forget_texts()
    mia = as_(cast.mia)
    page = mia.get(f"/tasks/{world.task.pk}/").content.decode()
    assert "The texts of this task were removed on" in page
    assert "Run it again" not in page
    assert "Removed on" in mia.get(f"/tasks/calls/{world.call.pk}/").content.decode()
    assert "Its texts were removed on" in mia.get(f"/asks/{world.ask.pk}/").content.decode()
    assert "Its text was removed" in mia.get("/messages/").content.decode()
    assert "texts removed" in mia.get("/tasks/").content.decode()
    for path in (f"/tasks/steps/{world.step.pk}/", "/", f"/agents/{world.agent.pk}/record/"):
        assert mia.get(path).status_code == 200, path
    assert as_(cast.ada).get("/asks/").status_code == 200


def test_a_batch_is_bounded_and_the_next_goes_on(world, cast, monkeypatch):
    for _ in range(4):
        Task.objects.create(
            agent=world.agent, person=cast.mia, instruction=SECRET, state="failed", finished_at=ago(-2),
            max_steps=1, max_tokens=1, max_cost_micros=1, max_seconds=1,
        )  # fmt: skip
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    monkeypatch.setattr(retention, "AT_MOST", 2)
    assert [retention.forget_texts() for _ in range(3)] == [2, 2, 0]


def test_work_items_lose_their_titles_unless_they_wait_for_a_word(world):
    WorkItem.objects.update(title=SECRET, summary=SECRET, claimed_at=ago(-1))
    usage_retention.apply()
    assert WorkItem.objects.get().title == SECRET, "a colleague was asked"
    WorkItem.objects.update(declined_at=timezone.now())
    usage_retention.apply()
    assert [(one.title, one.summary, one.external_id) for one in WorkItem.objects.all()] == [
        ("", "", "page-7")
    ]
    assert Entry.objects.filter(event="retention.item_texts").count() == 1


def test_the_page_and_the_setting_say_how_long(cast, settings):
    assert KEPT["content"] == (7, 90)
    settings.RETENTION = settings.RETENTION | {"content": 31}
    for path in ("/my-data/", "/my-data/visibility/"):
        page = as_(cast.mia).get(path).content.decode()
        assert "Texts 31 days after the task has ended, or as long as you keep its texts." in page
    assert "Texts of tasks, asks, messages and work items are kept" in page
