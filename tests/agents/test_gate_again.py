"""A call that a person allowed once in a task and that is needed once more: it asks again, and says so."""

import pytest

from agents.approvals import actions as approvals
from agents.connectors.chat.models import ChatMessage
from agents.queue.models import Call
from tests.agents.gated import Scene, here  # noqa: F401

pytestmark = pytest.mark.django_db
S = Call.State


def answered(here: Scene, row: Call) -> None:
    approvals.answer(here.cast.mia, row.approval, yes=True)


def test_what_was_allowed_once_asks_again_and_says_so(here):
    row = here.post()
    answered(here, row)
    here.again(row)
    second = here.post()
    assert (second.state, second.reasons[-1]["code"]) == (S.ASKED, "asked_again")
    assert ChatMessage.objects.count() == 1
    answered(here, second)
    assert here.again(second).state == S.DONE
    assert ChatMessage.objects.count() == 2
