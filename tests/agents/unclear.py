"""A call that ended unknown, and its task waiting for a person, for tests."""

from dataclasses import dataclass

import pytest

from agents.approvals.unclear import Unclear
from agents.connections.models import Connection
from agents.connectors.base import CallContext, Result
from agents.lifecycle.tasks import claim_task, park_task
from agents.queue.models import Call
from portal.people.models import Person
from tests.agents.gated import Scene, Strange, strange


@dataclass
class Parked:
    """``connector`` does as the test says; its calls broke so far in the middle, and it cannot tell what happened."""

    here: Scene
    connector: Strange
    place: Connection
    row: Call
    unclear: Unclear

    @property
    def mia(self) -> Person:
        return self.here.cast.mia

    @property
    def ada(self) -> Person:
        return self.here.cast.ada

    def now(self) -> tuple[str, str]:
        """The states of call and task."""
        self.row.refresh_from_db()
        self.here.task.refresh_from_db()
        self.unclear.refresh_from_db()
        return self.row.state, self.here.task.state

    def goes_on(self) -> Call:
        """A worker takes the task and makes the same call as before, as the loop does."""
        task = claim_task(self.here.task.pk, worker="next")
        assert task is not None, "the task is not to be had"
        self.here.task = task
        return self.here.again(self.row)


def breaks(context: CallContext) -> Result:
    raise RuntimeError("half way")


def parked(here: Scene, monkeypatch: pytest.MonkeyPatch, capability: str = "strange.write") -> Parked:
    connector, place = strange(here.cast, here.agent, monkeypatch)
    connector.performs = breaks
    row = here.call(capability, on=place, text="Hello")
    connector.performs = lambda context: Result({"ok": True}, "Did it", {"written": 1})
    assert park_task(here.task, counts={"read": 2})
    here.task.refresh_from_db()
    return Parked(here, connector, place, row, Unclear.objects.get(call=row))
