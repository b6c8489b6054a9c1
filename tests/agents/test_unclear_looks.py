"""What a system shows of a call that was interrupted: asked at once, and whenever a person looks again."""

import pytest

from agents.approvals.unclear import Unclear
from agents.connectors.base import ConnectorError, Result
from agents.gate import unclear_calls
from agents.gate.unclear_calls import look_again
from agents.queue.models import Call
from portal.audit.models import Entry
from tests.agents.gated import Scene, here, strange  # noqa: F401
from tests.agents.unclear import Parked, breaks, parked

pytestmark = pytest.mark.django_db
S, U = Call.State, Unclear.State


@pytest.fixture
def it(here: Scene, monkeypatch: pytest.MonkeyPatch) -> Parked:
    return parked(here, monkeypatch)


def test_a_read_that_breaks_is_no_question_and_one_whose_system_shows_it_neither(here, monkeypatch):
    connector, place = strange(here.cast, here.agent, monkeypatch)
    connector.performs = breaks
    connector.reconciles = lambda context: Result({"ok": 1}, "It is there", {"written": 1})
    row = here.call("strange.write", on=place)
    assert (row.state, row.counts) == (S.DONE, {"written": 1})
    row = here.call("strange.read", on=place)
    assert (row.state, "only reads" in row.outcome) == (S.FAILED, True)
    assert not Unclear.objects.exists()


@pytest.mark.parametrize(
    ("shows", "state", "words"),
    [
        (lambda context: None, U.OPEN, "Strange shows nothing of it."),
        (lambda context: (_ for _ in ()).throw(ConnectorError("Locked.")), U.OPEN, "Strange cannot tell. Locked."),
        (lambda context: 1 / 0, U.OPEN, "Strange could not be asked."),
        (lambda context: Result({"n": 1}, "It is there", {"written": 1}), U.SHOWN, ""),
    ],
)  # fmt: skip
def test_a_look_tells_what_the_system_shows_now(it, monkeypatch, shows, state, words):
    it.connector.reconciles = shows
    monkeypatch.setattr(unclear_calls, "_bounded_look", unclear_calls.performing.look)
    look_again(it.mia, it.unclear)
    assert it.now() == ((S.DONE, "queued") if state == U.SHOWN else (S.UNKNOWN, "waiting"))
    assert (it.unclear.state, it.unclear.looked_by) == (state, it.mia)
    assert state == U.SHOWN or words in it.unclear.seen
    (entry,) = Entry.objects.filter(event__startswith="unclear.")
    assert (entry.event, entry.actor_name) == ("unclear.looked", "Mia Park")
