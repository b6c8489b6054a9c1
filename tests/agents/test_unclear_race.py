"""Two people's browsers and a hanging system at the same moment, each with a database session of its own."""

import threading
import time

import pytest
from django.core.exceptions import ValidationError

from agents.approvals.unclear import Unclear
from agents.connectors.base import Result
from agents.gate import unclear_calls
from agents.gate.unclear_calls import did_not, do_it, happened, look_again
from agents.queue.models import Call
from portal.audit.models import Entry
from tests.agents.at_once import at_once
from tests.agents.gated import scene
from tests.agents.unclear import Parked, parked

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def it(cast, monkeypatch) -> Parked:
    return parked(scene(cast), monkeypatch)


def test_of_answers_at_once_the_first_counts(it):
    rounds = ((happened, do_it), (do_it, do_it), (did_not, happened), (do_it, did_not))
    for number, verbs in enumerate(rounds, 1):
        row = Call.objects.get(pk=it.row.pk)
        ends = at_once(
            *(lambda verb=verb: verb(it.mia, Unclear.objects.get(pk=it.unclear.pk)) for verb in verbs)
        )
        (second,) = [end for end in ends if isinstance(end, ValidationError)]
        assert second.messages[0].startswith("Mia Park has said already"), ends
        first = verbs[1 - ends.index(second)]
        it.now()
        assert it.unclear.state == {happened: "happened", do_it: "again", did_not: "not"}[first]
        assert Entry.objects.filter(event__startswith="unclear.").count() == number
        _asked_again(it, row)


def _asked_again(it: Parked, row: Call) -> None:
    row.save()
    Unclear.objects.filter(pk=it.unclear.pk).update(state="open", answered_by=None, answered_at=None)
    type(it.here.task).objects.filter(pk=it.here.task.pk).update(state="waiting")


def test_while_a_system_hangs_nobody_asks_it_again_and_nobody_does_the_call(it, monkeypatch):
    hangs, began = threading.Event(), threading.Event()

    def reconciles(context):
        began.set()
        hangs.wait(20)
        return Result({}, "It is there")

    it.connector.reconciles = reconciles
    monkeypatch.setattr(unclear_calls, "WITHIN", 0.3)
    start = time.monotonic()
    look_again(it.mia, it.unclear)
    assert began.is_set()
    assert time.monotonic() - start < 5
    it.now()
    assert it.unclear.seen == "Strange did not answer within 0.3 s."
    look_again(it.mia, it.unclear)
    assert (it.now(), it.unclear.seen) == (
        ("unknown", "waiting"),
        "Strange is being asked already, or the call is being done.",
    )
    hangs.set()
