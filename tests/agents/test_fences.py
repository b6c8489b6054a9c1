"""A worker whose task another has by now writes nothing for it, in any table that workers write."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from pydantic_ai.messages import ModelResponse, TextPart
from pydantic_ai.models import ModelRequestParameters

from agents.approvals import actions as approvals
from agents.connectors.base import Result
from agents.gate import performing, shadow_observer
from agents.lifecycle.tasks import fail_task, finish_task, park_task
from agents.queue import actions
from agents.queue.models import Call, Step, Task
from agents.queue.moves import Lost
from agents.runtime import loop, spending
from agents.runtime.storing import store
from metering.usage.models import UsageEvent
from portal.audit.record import PORTAL
from portal.reasons import because
from tests import builders
from tests.agents.gated import Scene, scene

pytestmark = pytest.mark.django_db
TABLES = {
    *("agents_task", "agents_step", "agents_call", "agents_approval", "agents_grant", "agents_stop"),
    *("agents_chatmessage", "portal_entry", "portal_notice", "portal_delivery"),
    *("metering_usageevent", "metering_kept", "metering_taskfact"),
    *("metering_workitem", "metering_carrying", "metering_budgetreservation", "metering_budgetcounter"),
}


@pytest.fixture
def here(cast) -> Scene:
    return scene(cast)


def everything() -> dict[str, list]:
    found = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT row::text FROM {table} AS row ORDER BY 1")
            found[table] = cursor.fetchall()
    return found


def started(here: Scene) -> Call:
    """A call that this worker had begun."""
    row = here.call("mail.list")
    Call.objects.filter(pk=row.pk).update(state=Call.State.STARTED)
    row.state, row.task = Call.State.STARTED, here.task
    return row


def answered(here: Scene) -> Call:
    row = here.post()
    approvals.answer(here.cast.mia, row.approval, yes=True)
    return row


def said(text: str = "Done.") -> tuple[ModelResponse, spending.Held]:
    return ModelResponse(parts=[TextPart(text)]), spending.Held("task:1:step:1:claim:1", None, {})


NOTHING = ModelRequestParameters(function_tools=[], allow_text_output=True)
# What is there before, and what the worker tries then.
TRIES: dict[str, tuple[Callable[[Scene], object], Callable[[Scene, object], object]]] = {
    "keep the lease": (lambda s: None, lambda s, row: actions.renew(s.task, timedelta(seconds=1))),
    "decide": (lambda s: None, lambda s, row: s.call("mail.list")),
    "ask": (lambda s: None, lambda s, row: s.post()),
    "go on after an answer": (answered, lambda s, row: s.again(row)),
    "begin again": (started, lambda s, row: s.again(row)),
    "note the outcome": (started, lambda s, row: performing.close_call(row, Call.State.DONE, "Listed")),
    "note a result": (started, lambda s, row: performing.done(row, Result({"n": 1}, "Listed"))),
    "note a failure": (started, lambda s, row: performing.failed(PORTAL, row, "It broke")),
    "note what is unknown": (started, lambda s, row: performing._unknown(PORTAL, row, shown={})),
    "observe": (started, lambda s, row: shadow_observer.observe_first(row)),
    "park": (lambda s: s.post(), lambda s, row: park_task(s.task, counts={"read": 1})),
    "finish": (lambda s: None, lambda s, row: finish_task(PORTAL, s.task, result="x", counts={})),
    "fail": (
        lambda s: None,
        lambda s, row: fail_task(PORTAL, s.task, reason=because("portal_broke"), counts={}),
    ),
    "give back": (lambda s: None, lambda s, row: actions.give_back(PORTAL, s.task, why={})),
    "reserve": (lambda s: None, lambda s, row: spending.reserve(s.task, [], NOTHING)),
}


@pytest.mark.parametrize("what", TRIES)
def test_with_an_old_claim_nothing_is_written(here, what):
    before, tries = TRIES[what]
    row = before(here)
    Task.objects.update(claim=F("claim") + 1)
    found = everything()
    with pytest.raises(Lost):
        tries(here, row)
    assert everything() == found


def test_of_a_late_answer_only_its_cost_is_booked_by_the_old_claim(here):
    Task.objects.update(claim=F("claim") + 1)
    steps = Step.objects.count()
    with pytest.raises(Lost):
        store(here.task, *said(), number=9)
    assert (Step.objects.count(), Task.objects.get().steps_done) == (steps, 1)
    assert UsageEvent.objects.get().key == "task:1:step:1:claim:1"


def test_these_are_all_tables_that_a_worker_writes(cast):
    agent, _ = builders.triage(cast, {"Hello": "Where is my order?"}, opened=True)
    task = builders.unnarrowed(actions.queue(cast.mia, agent, instruction="Sort the inbox"))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        loop.run(task.pk)
    wrote = {
        name
        for query in queries
        for name in re.findall(r'(?:INSERT INTO|UPDATE|DELETE FROM) "?(\w+)"?', query["sql"])
    }
    assert {"agents_task", "agents_step", "agents_call", "portal_entry"} <= wrote
    assert {name for name in wrote if name.startswith(("agents_", "portal_", "chat_", "metering_"))} <= TABLES
