"""Calls that ended unknown: their task waits, a person says what happened, and the gate does nothing unasked."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from agents import gate, sweep
from agents.approvals.unclear import Unclear
from agents.gate.unclear_calls import did_not, do_it, happened, look_again
from agents.lifecycle.grants import revoke_grant
from agents.lifecycle.stops import set_stop
from agents.lifecycle.tasks import cancel_task
from agents.queue.keys import effect_key
from agents.queue.models import Call, Task
from agents.registry.models import Agent
from agents.runtime import ending, loop, transcript
from agents.stops.models import Stop
from metering.outcomes.models import WorkItem
from portal.audit.models import Entry
from tests.agents.gated import Scene, here, strange  # noqa: F401
from tests.agents.unclear import Parked, parked

pytestmark = pytest.mark.django_db
S, U = Call.State, Unclear.State


@pytest.fixture
def it(here: Scene, monkeypatch: pytest.MonkeyPatch) -> Parked:
    return parked(here, monkeypatch)


def events() -> list[tuple[str, str]]:
    rows = Entry.objects.filter(event__startswith="unclear.").order_by("pk")
    return list(rows.values_list("event", "actor_name"))


def test_the_task_waits_and_nothing_is_done_while_nobody_answers(it):
    assert it.now() == (S.UNKNOWN, "waiting")
    assert (it.unclear.state, it.unclear.seen) == (U.OPEN, "Strange shows nothing of it.")
    assert it.connector.done == []
    assert Unclear.objects.answerable_by(it.mia).open().get() == it.unclear
    assert not Unclear.objects.visible_to(it.here.cast.lea).exists()


def test_it_happened_the_model_hears_that_a_person_says_so_and_the_counts_follow(it):
    it.connector.counted = {"strange.write": {"written": 1}}
    happened(it.mia, it.unclear)
    assert it.now() == (S.DONE, "queued")
    assert (it.unclear.state, it.unclear.answered_by) == (U.HAPPENED, it.mia)
    row = it.goes_on()
    assert (row.state, it.connector.done) == (S.DONE, [])
    heard = transcript.result_for_model(row)
    assert heard["note"] == "A person said that it happened. What came back is not known."
    assert (heard["status"], heard["result"]) == ("done", {"confirmed": True})
    assert ending.counts(it.here.task) == {"written": 1}
    assert events() == [("unclear.happened", "Mia Park")]


def test_nobodys_word_about_their_own_task_makes_a_work_item(here, monkeypatch):
    monkeypatch.setattr("agents.connectors.mail.connector.Mail.perform", lambda *_: 1 / 0)
    monkeypatch.setattr("agents.connectors.mail.connector.Mail.reconcile", lambda *_: None)
    row = here.draft()
    loop.park_task(here.task, counts={})
    happened(here.cast.mia, Unclear.objects.get(call=row))
    row.refresh_from_db()
    assert (row.state, row.counts, WorkItem.objects.count()) == (S.DONE, {"drafted": 1}, 0)


def test_do_it_is_done_once_under_the_same_key_and_the_same_use(it):
    used = it.row.grant.used
    do_it(it.mia, it.unclear)
    assert it.now() == (S.LATER, "queued")
    row = it.goes_on()
    row.grant.refresh_from_db()
    assert (row.state, it.connector.done, row.grant.used) == (S.DONE, [str(it.row.key)], used)
    assert it.here.again(row).state == S.DONE
    assert len(it.connector.done) == 1
    assert events() == [("unclear.again", "Mia Park")]


def test_it_may_end_unknown_once_more_and_is_asked_anew(it):
    do_it(it.mia, it.unclear)
    it.connector.performs = lambda context: 1 / 0
    row = it.goes_on()
    assert (row.state, row.unclear.count(), row.unclear.filter(state=U.OPEN).count()) == (S.UNKNOWN, 2, 1)


def test_it_did_not_and_is_left(it):
    did_not(it.mia, it.unclear)
    assert it.now() == (S.FAILED, "queued")
    assert "did not happen" in transcript.result_for_model(it.goes_on())["reason"]
    assert it.connector.done == []


ENDS = {
    "a drill": lambda it: set_stop(it.ada, scope=Stop.Scope.CONNECTION, connection=it.place, why="a drill"),
    "revoked": lambda it: revoke_grant(it.ada, it.row.grant),
    "retired": lambda it: Agent.objects.filter(pk=it.here.agent.pk).update(state="retired"),
}


@pytest.mark.parametrize("said", ENDS)
def test_what_ended_meanwhile_refuses_the_look_and_the_doing_but_not_the_word(it, said):
    ENDS[said](it)
    used = it.row.grant.used
    it.connector.reconciles = lambda context: pytest.fail("it was looked at")
    for verb in (do_it, look_again):
        with pytest.raises(ValidationError, match=said):
            verb(it.mia, it.unclear)
    it.row.grant.refresh_from_db()
    assert it.now()[0] == S.UNKNOWN
    assert (it.unclear.state, it.row.grant.used, it.connector.done, events()) == (U.OPEN, used, [], [])
    happened(it.mia, it.unclear)
    assert it.now()[0] == S.DONE


def test_only_who_answers_its_asks_and_only_once(it):
    for other in (it.here.cast.lea, it.here.cast.ada, it.here.cast.olga):
        for verb in (happened, do_it, did_not, look_again):
            with pytest.raises(ValidationError, match="Somebody else must"):
                verb(other, it.unclear)
    happened(it.mia, it.unclear)
    for verb in (happened, do_it, did_not, look_again):
        with pytest.raises(ValidationError, match="Mia Park has said already that it happened"):
            verb(it.mia, it.unclear)
    assert events() == [("unclear.happened", "Mia Park")]


def test_a_call_that_needed_a_second_person_needs_one_again(it):
    Unclear.objects.filter(pk=it.unclear.pk).update(second_person=True)
    with pytest.raises(ValidationError, match="Somebody else must"):
        do_it(it.mia, it.unclear)
    assert Unclear.objects.answerable_by(it.here.cast.ada).get() == it.unclear
    do_it(it.here.cast.ada, it.unclear)
    assert it.goes_on().state == S.DONE


def test_after_its_task_has_ended_it_is_only_noted(it):
    cancel_task(it.mia, it.here.task)
    with pytest.raises(ValidationError, match="nothing is done for it any more"):
        do_it(it.mia, it.unclear)
    it.connector.counted = {"strange.write": {"written": 1}}
    happened(it.mia, it.unclear)
    assert it.now() == (S.DONE, "cancelled")
    assert it.here.task.counts == {"read": 2, "written": 1}


def test_while_a_worker_is_at_the_step_nobody_answers(it):
    Task.objects.filter(pk=it.here.task.pk).update(state="running")
    for verb in (happened, do_it, did_not, look_again):
        with pytest.raises(ValidationError, match="still at this step"):
            verb(it.mia, it.unclear)


def test_without_an_answer_in_time_it_stays_unknown_and_the_task_goes_on(it):
    Unclear.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(ValidationError, match="Nobody answered in time"):
        happened(it.mia, Unclear.objects.get())
    sweep.sweep()
    assert it.now() == (S.UNKNOWN, "queued")
    assert (it.unclear.state, events()) == (U.EXPIRED, [("unclear.expired", "Agent Portal")])
    row = it.goes_on()
    assert (row.state, it.connector.done) == (S.UNKNOWN, [])


def test_another_payload_under_the_same_key_is_refused(it, monkeypatch):
    do_it(it.mia, it.unclear)
    it.goes_on()
    with pytest.raises(gate.OtherPayload):
        it.here.repeat(it.row.position, it.row.capability, it.place, {"text": "Another"})
    assert len(it.connector.done) == 1
    row = Call.objects.get(pk=it.row.pk)
    assert row.key == effect_key(row.step, row.position, row.digest)
    keys = {effect_key(row.step, place, load) for place in (1, 2) for load in ("a", "b")}
    assert len(keys) == 4
