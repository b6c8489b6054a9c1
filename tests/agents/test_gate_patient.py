"""A call whose system is away for now: the gate notes it, gives back the use of its grant, and decides on it anew."""

import pytest

from agents.connectors.base import ConnectorError, Result, Unavailable
from agents.gate import calling, digest
from agents.grants.models import Grant
from agents.queue.models import Call
from portal.audit.models import Entry
from tests.agents import transcripts
from tests.agents.gated import Died, Scene, here, strange  # noqa: F401

pytestmark = pytest.mark.django_db
S = Call.State


def raises(error: BaseException):
    def away(context):
        raise error

    return away


@pytest.fixture
def place(here: Scene, monkeypatch):
    connector, made = strange(here.cast, here.agent, monkeypatch)
    connector.performs = raises(Unavailable("The disk is full."))
    return connector, made


def used() -> int:
    return Grant.objects.get(capability="strange.write").used


def test_what_is_away_is_put_off_and_done_when_it_is_back(here, place):
    connector, made = place
    row = here.call("strange.write", on=made)
    assert (row.state, row.summary, row.finished_at, used()) == (S.LATER, "The disk is full.", None, 0)
    entry = Entry.objects.get(event="call.put_off")
    assert (entry.actor_name, entry.details["task"]) == (str(here.agent), here.task.pk)
    connector.performs = lambda context: Result({"ok": True}, "Did it")
    row = here.again(row)
    assert (row.state, row.summary, used()) == (S.DONE, "Did it", 1)
    assert here.again(row).state == S.DONE
    assert used() == 1


def test_a_grant_that_ended_meanwhile_is_none_for_what_was_put_off(here, place):
    row = here.call("strange.write", on=place[1])
    Grant.objects.update(state=Grant.State.REVOKED)
    assert here.again(row).state == S.DENIED


def test_what_is_not_tried_again_is_told_to_the_model(here, place):
    row = calling.give_up(here.call("strange.write", on=place[1]))
    assert (row.state, row.summary) == (S.FAILED, "The disk is full.")


@pytest.mark.parametrize(
    ("error", "patient", "state"),
    [
        (Unavailable("away"), True, None),
        (Unavailable("away"), False, S.UNKNOWN),
        (ConnectorError("no such thing"), True, S.UNKNOWN),
    ],
)
def test_only_who_is_patient_hears_that_nobody_can_say_for_now(here, place, error, patient, state):
    connector, made = place
    connector.performs, connector.reconciles = raises(Died()), raises(error)
    with pytest.raises(Died):
        here.call("strange.write", on=made)
    row = here.first_call()
    if state is None:
        with pytest.raises(Unavailable):
            again(here, row, patient=True)
        assert here.first_call().state == S.STARTED, "it is asked again"
    else:
        assert again(here, row, patient=patient).state == state


def test_nobody_waits_who_did_not_say_so(here, place):
    connector, made = place
    connector.performs, connector.reconciles = raises(Died()), raises(Unavailable("away"))
    with pytest.raises(Died):
        here.call("strange.write", on=made)
    assert here.again(here.first_call()).state == S.UNKNOWN


def again(here: Scene, row: Call, *, patient: bool) -> Call:
    made = calling.call(
        here.task,
        here.step,
        row.position,
        tool_call_id="x",
        tool_name="x",
        capability=row.capability,
        connection=row.connection_id,
        arguments=row.arguments,
        patient=patient,
    )
    made.refresh_from_db()
    return made


def test_a_call_is_named_by_its_step_and_place_in_it(here):
    first = here.call("mail.list")
    assert first.digest == digest("mail.list", here.box.pk, {})
    long = calling.call(
        here.task,
        here.step,
        7,
        tool_call_id="i" * 300,
        tool_name="t",
        capability="mail.list",
        connection=here.box.pk,
        arguments={},
    )
    assert long.tool_call_id == "i" * 200
    here.step = transcripts.step(here.task, 2)
    second = here.repeat(first.position, "mail.list", here.box, {})
    assert second.pk != first.pk
    assert second.state == S.DONE
