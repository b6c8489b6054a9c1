"""In the envelope that is planned for a task that is to read, the thirty mails do not even get to ask."""

import pytest

from agents.approvals.models import Approval
from agents.connectors import catalogue
from agents.policy.declarations import Effect
from agents.queue.models import Call
from agents.queue.states import TaskState
from tests.agents.hijacked import attacked
from tests.agents.injections.index import ALL
from tests.agents.injections.parrot import PARROT
from tests.agents.injections.wishes import Injection
from tests.agents.scripted import on

pytestmark = pytest.mark.django_db
__all__ = ["on"]
S = Call.State


@pytest.mark.parametrize("mail", [*ALL, PARROT], ids=lambda one: one.technique)
def test_what_was_not_chosen_for_the_task_is_refused_and_nobody_is_asked(cast, on, mail: Injection):
    with attacked(cast, on, mail, planned=True) as victim:
        planned = {name for name, _ in victim.task.envelope}
        assert {"mail.list", "mail.read"} <= planned
        assert {catalogue()[name].effect for name in planned} == {Effect.READ}
        victim.run()
    assert victim.model.sent == len(mail.calls) + len(mail.later) + 1
    assert victim.effects() == []
    assert {row.state for row in victim.wanted()} == {S.DENIED}
    assert not Approval.objects.exists()
    assert victim.task.state == TaskState.SUCCEEDED


def test_where_somebody_attends_the_ask_says_that_it_was_not_chosen(cast, on):
    with attacked(cast, on, ALL[0], planned=True, attended=True) as victim:
        victim.run()
        asks = victim.asks()
        assert asks
        for ask in asks:
            assert "outside_envelope" in {reason["code"] for reason in ask.call.reasons}
        assert victim.effects() == []
        victim.refuse_all()
    assert victim.effects() == []
