"""A task waits for something under way elsewhere without a worker, a model or a token, until code sees its end."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.db.models.functions import Now
from django.urls import reverse

from agents.approvals import actions as approvals
from agents.approvals.models import Approval
from agents.connectors.base import ConnectorError, Result
from agents.connectors.results import Awaited, Ended, Proposed, Told
from agents.queue.models import Call
from agents.queue.states import TaskState
from agents.queue.wakes import Wake
from agents.watching import looks
from portal.notices.models import Notice
from tests.agents.scripted import on, tool_results
from tests.agents.waking import GOOD, WAITS, Waiting, waiting
from tests.cast import as_

pytestmark = pytest.mark.django_db
__all__ = ["on", "waiting"]
S, C = TaskState, Call.State
FOLLOWS = [("strange_read", {})]


def test_it_waits_without_a_worker_and_the_model_hears_of_the_end_alone(waiting: Waiting, on):
    with on(FOLLOWS, "It ended well.") as model:
        task = waiting.work()
        assert (task.state, task.tag.word, task.worker, task.lease_until) == (S.WAITING, "watches", "", None)
        assert (waiting.call.state, task.steps_done) == (C.AWAITED, 1)
        waiting.sees(Awaited("the end of run 7", cursor={"jobs": 1}))
        for _ in range(3):
            task = waiting.look()
        assert (task.state, len(model.requests)) == (S.WAITING, 1)
        assert waiting.cursors == [{"jobs": 0}, {"jobs": 1}, {"jobs": 1}]
        waiting.sees(GOOD)
        task = waiting.look()
        assert (task.state, waiting.call.state, waiting.call.result) == (S.QUEUED, C.DONE, {"state": "good"})
        task = waiting.work()
        assert [result["status"] for result in tool_results(model)] == ["done"]
    assert (task.state, task.result, len(model.requests)) == (S.SUCCEEDED, "It ended well.", 2)
    wake = waiting.wake
    assert (wake.looks, wake.says, wake.cursor) == (4, "", None)
    assert wake.ended_at is not None


def test_looks_come_ever_less_often_and_never_after_its_end(waiting: Waiting, on):
    waiting.begins(Awaited("a", longest=20, within=60))
    waiting.sees(Awaited("a"))
    pauses = []
    with on(FOLLOWS):
        waiting.work()
    for _ in range(5):
        pauses.append(waiting.wake.pause)
        waiting.look()
    assert pauses == [5.0, 7.5, 11.25, 16.875, 20.0]
    Wake.objects.update(until=Now() + timedelta(seconds=3))
    waiting.look()
    assert Wake.objects.filter(due_at=F("until")).exists()


def test_what_is_not_due_is_not_looked_at_but_for_what_a_system_tells(waiting: Waiting, on):
    waiting.sees(GOOD)
    with on(FOLLOWS):
        waiting.work()
    assert looks.beat() == 0
    assert looks.heard(waiting.place.pk, "run 8") == 0
    assert looks.heard(waiting.place.pk, "run 7") == 1
    assert (waiting.now().state, looks.heard(waiting.place.pk, "run 7")) == (S.QUEUED, 0)


def test_where_nothing_is_left_to_do_and_rules_can_judge_no_model_is_asked(waiting: Waiting, on):
    waiting.begins(Awaited("a", last=True))
    waiting.sees(GOOD)
    with on(FOLLOWS, "never said") as model:
        waiting.work()
        task = waiting.look()
    assert (task.state, task.result, len(model.requests)) == (S.SUCCEEDED, "Run 7 ended well", 1)


@pytest.mark.parametrize(
    ("asked", "judged"), [(FOLLOWS, False), ([*FOLLOWS, ("strange_read", {"text": "too"})], True)]
)
def test_else_the_model_is_asked(waiting: Waiting, on, asked, judged):
    waiting.begins(Awaited("a", last=True))
    waiting.sees(Ended(GOOD.result, judged=judged))
    with on(asked):
        waiting.work()
        assert waiting.look().state == S.QUEUED


def test_its_time_is_over(waiting: Waiting, on):
    waiting.sees(Awaited("a"))
    with on(FOLLOWS):
        waiting.work()
        Wake.objects.update(until=Now())
        task = waiting.look()
    assert (task.state, waiting.call.state) == (S.QUEUED, C.FAILED)
    assert "had not ended" in waiting.call.outcome


def test_what_cannot_be_looked_at_is_tried_again_and_said(waiting: Waiting, on):
    waiting.sees(ConnectorError("The server is away."))
    with on(FOLLOWS):
        waiting.work()
    assert waiting.look().state == S.WAITING
    page = as_(waiting.cast.mia).get(waiting.task.get_absolute_url()).text
    assert "The server is away." in page
    assert "the end of run 7" in page
    assert "watches" in as_(waiting.cast.mia).get(reverse("queue:list")).text


def test_calls_that_follow_by_rule_go_through_the_gate_and_ask(waiting: Waiting, on):
    """The ask is there, filled in, before any model hears of it; a yes does it, and then the model is told."""
    waiting.begins(Awaited("a", last=True))
    proposed = Proposed("strange.destroy", {"text": "back to 1.3"})
    waiting.sees(Ended(Result({"state": "worse"}, "Run 7 made it worse"), proposes=(proposed,)))
    with on(FOLLOWS, "It is taken back.") as model:
        waiting.work()
        waiting.look()
        task = waiting.work()
        ask = Approval.objects.get()
        assert (task.state, task.tag.word, len(model.requests)) == (S.WAITING, "waits for an answer", 1)
        assert ask.call.arguments == {"text": "back to 1.3"}
        waiting.connector.performs = lambda context: Result({}, "Taken back")
        approvals.answer(waiting.cast.mia, ask, yes=True)
        task = waiting.work()
    assert (task.state, task.result, len(model.requests)) == (S.SUCCEEDED, "It is taken back.", 2)
    assert [call.state for call in task.calls.order_by("pk")] == [C.DONE, C.DONE]


def test_people_are_told_in_the_same_moment_and_once(waiting: Waiting, on):
    told = Told(
        "connection.recovered",
        ("ADA@example.com", waiting.cast.ada.email, "x@y.z"),
        "/connections/",
        {"connection": "Shop"},
    )
    waiting.sees(Awaited("a", tells=(told,)))
    with on(FOLLOWS):
        waiting.work()
        waiting.look()
        waiting.look()
    assert list(Notice.objects.filter(kind="connection.recovered").values_list("person", "link")) == [
        (waiting.cast.ada.pk, "/connections/")
    ]


def test_it_waits_for_an_answer_and_for_an_end(waiting: Waiting, on):
    waiting.sees(GOOD)
    with on([("strange_read", {}), ("strange_destroy", {})]):
        task = waiting.work()
        assert task.tag.word == "waits for an answer"
        approvals.answer(waiting.cast.mia, Approval.objects.get(), yes=False)
        assert waiting.now().tag.word == "watches"
        assert waiting.look().state == S.QUEUED


def test_who_looked_longer_than_another_stores_nothing(waiting: Waiting, on):
    with on(FOLLOWS):
        waiting.work()

    def overtaken(cursor):
        Wake.objects.update(looks=F("looks") + 1)
        return GOOD

    waiting.connector.sees = overtaken
    assert waiting.look().state == S.WAITING
    assert (waiting.call.state, WAITS.cursor, waiting.wake.cursor) == (C.AWAITED, {"jobs": 0}, {"jobs": 0})
