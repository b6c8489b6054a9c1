"""What the rail counts is what the pages behind it list, for everybody."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agents.approvals.models import Approval
from agents.approvals.unclear import Unclear
from agents.connections import actions as connections
from agents.grants.models import Grant, GrantRequest
from agents.links import WAITING
from agents.permissions import ConnectionPermission
from portal.people.models import Person
from tests.agents.asking import asked, running
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def listed(person: Person) -> list[int]:
    return [
        Approval.objects.answerable_by(person).open().count(),
        Unclear.objects.answerable_by(person).open().count(),
        GrantRequest.objects.to_decide_by(person).count(),
    ]


def everyone(cast: Cast) -> dict[str, list[int]]:
    counted = {name: WAITING.of(person)[:3] for name, person in cast.everyone().items()}
    assert counted == {name: listed(person) for name, person in cast.everyone().items()}
    return counted


@pytest.mark.parametrize("second_person", [False, True])
def test_asks_are_counted_for_who_may_answer_until_their_end(cast, second_person, monkeypatch):
    ask = asked(*running(cast, second_person=second_person))
    approver = cast.olga
    connections.give(cast.ada, ask.call.connection, holder=approver, rights=[ConnectionPermission.APPROVE])
    counted = everyone(cast)
    assert [counted[name][0] for name in ("mia", "olga")] == ([0, 1] if second_person else [1, 0])
    later = ask.expires_at + timedelta(seconds=1)
    monkeypatch.setattr("portal.compiled.timezone.now", lambda: later)
    assert WAITING.of(approver if second_person else cast.mia)[0] == 0


def test_requests_are_counted_for_who_may_decide(cast):
    running(cast)
    assert all(requests == 0 for *_, requests in everyone(cast).values())
    ends_at = timezone.now() + timedelta(days=1)
    Grant.objects.update(state=Grant.State.REQUESTED, ends_at=ends_at)
    assert any(requests for *_, requests in everyone(cast).values())


def test_for_who_has_left_nothing_waits(cast):
    asked(*running(cast))
    assert WAITING.of(cast.mia)[0] == 1
    cast.mia.is_active = False
    assert WAITING.of(cast.mia)[:3] == listed(cast.mia)
