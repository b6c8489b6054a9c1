"""People and workers in processes of their own, at the same moment: no effect without a live grant and one unused yes.

Every call asks, whatever was read: the grants say so.
"""

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from agents.approvals import actions as approvals
from agents.approvals.models import Approval
from agents.connectors.chat.models import ChatMessage
from agents.grants.actions import Terms
from agents.grants.models import Grant
from agents.lifecycle.grants import revoke_grant
from agents.queue.models import Call
from portal.audit import chain
from portal.audit.models import Entry
from tests import builders
from tests.agents.gated import Scene, scene
from tests.agents.hands import at, hands, soon, staying, tell

pytestmark = pytest.mark.django_db(transaction=True)
S = Call.State


@pytest.fixture
def here(cast) -> Scene:
    return scene(cast)


def asked(here: Scene, number: int) -> tuple[Call, Grant]:
    """A post that waits for an answer, under a grant of its own: there is no other."""
    for one in Grant.objects.live().filter(capability="chat.post"):
        revoke_grant(here.cast.ada, one)
    grant = builders.grant(here.agent, here.chat, "chat.post", by=here.cast.ada, terms=Terms(always_ask=True))
    row = here.call("chat.post", to=here.cast.lea.email, text=f"Round {number}")
    assert (row.state, row.grant) == (S.ASKED, grant)
    return row, grant


def entry(event: str, target: Any) -> int:
    """The number of the last entry about this; 0: there is none."""
    found = Entry.objects.about(target).filter(event=event).last()
    return found.pk if found else 0


def happened(row: Call, grant: Grant) -> bool:
    """Did it, and if so: once, under one use of its grant, after one yes, before its grant ended?"""
    messages, ask = ChatMessage.objects.filter(key=row.key).count(), row.approval
    for one in (row, grant, ask):
        one.refresh_from_db()
    assert (messages, grant.used) in {(0, 0), (1, 1)}
    assert (row.state == S.DONE) is bool(messages)
    if messages:
        assert (ask.state, ask.used_at is not None) == (Approval.State.APPROVED, True)
        assert row.started_at < grant.ends_at
        allowed, revoked = entry("call.allowed", row), entry("grant.revoked", grant)
        assert 0 < entry("approval.approved", ask) < allowed
        assert not revoked or allowed < revoked
        unchanged = grant.version - bool(revoked)
        assert ask.digest == approvals.binding(row, Grant(pk=grant.pk, version=unchanged))
    return bool(messages)


def end(here: Scene, row: Call, grant: Grant) -> bool:
    """Whatever came of it, another worker looks again; then: did it happen?"""
    here.again(row)
    return happened(row, grant)


def test_a_yes_and_a_revocation_at_once(here):
    mia, ada, done = here.cast.mia.pk, here.cast.ada.pk, []
    with hands(3) as (one, two, three):
        for number in range(16):
            row, grant = asked(here, number)
            yes = (one, "answer", mia, row.approval.pk, True)
            no_more = (two, "revoke", ada, grant.pk)
            goes_on = (three, "go_on", row.pk)
            match number:
                case 0:  # one after the other, so that both ends are seen
                    assert [*at(soon(), yes), *at(soon(), goes_on), *at(soon(), no_more)] == [
                        "answered",
                        "done",
                        "revoked",
                    ]
                case 1:
                    assert at(soon(), no_more) == ["revoked"]
                    assert at(soon(), yes)[0].startswith("no: ")
                case 2:
                    assert [*at(soon(), yes), *at(soon(), no_more), *at(soon(), goes_on)] == [
                        "answered",
                        "revoked",
                        "denied",
                    ]
                case _:
                    yes = (one, "answer_and_go_on", mia, row.approval.pk, row.pk)
                    late = 0.01 * (number - 3)
                    _, gone, state = at(soon(), yes, no_more, goes_on, late=(0, late, late))
                    assert gone == "revoked"
                    assert state in S.values
            done.append(end(here, row, grant))
    assert done[:3] == [True, False, False]
    assert ChatMessage.objects.count() == sum(done)
    assert chain.fault() == {}


def test_two_yeses_and_two_workers_at_once_are_one_effect(here):
    mia = here.cast.mia.pk
    with hands(4) as (one, two, three, four):
        for number in range(8):
            row, grant = asked(here, number)
            said = at(
                soon(),
                (one, "answer_and_go_on", mia, row.approval.pk, row.pk),
                (two, "answer_and_go_on", mia, row.approval.pk, row.pk),
                (three, "go_on", row.pk),
                (four, "go_on", row.pk),
            )
            assert sum(one.startswith("no: Mia Park has allowed this already") for one in said) == 1
            assert end(here, row, grant) is True
    assert ChatMessage.objects.count() == 8
    assert Entry.objects.filter(event="approval.approved").count() == 8


def test_who_stood_still_in_the_middle_of_a_call_and_who_took_it_over(here):
    """A lease may run out under a worker that lives: the next one waits, and does not decide that nothing happened."""
    mia, ada = here.cast.mia.pk, here.cast.ada.pk
    row, grant = asked(here, 0)
    with hands(3) as (one, two, three):
        with staying(one, mia, row.approval.pk, row.pk):
            assert at(soon(), (two, "revoke", ada, grant.pk)) == ["revoked"]
            tell(soon(), (three, "go_on", row.pk))
        assert [hand.stdout.readline().strip() for hand in (one, three)] == ["done", "done"]
    assert end(here, row, grant) is True


def test_a_yes_and_a_no_at_once_the_first_counts(here):
    mia = here.cast.mia.pk
    with hands(3) as (one, two, three):
        for number in range(8):
            row, grant = asked(here, number)
            yes, no, _ = at(
                soon(),
                (one, "answer", mia, row.approval.pk, True),
                (two, "answer", mia, row.approval.pk, False),
                (three, "go_on", row.pk),
            )
            assert [yes, no].count("answered") == 1
            assert end(here, row, grant) is (yes == "answered")
            assert row.state == (S.DONE if yes == "answered" else S.REFUSED)


def test_a_grant_that_ends_between_the_ask_and_the_yes(here):
    """Whether the yes comes just before the end, at it, or after it: what happened began before the end."""
    mia, done = here.cast.mia.pk, []
    with hands(2) as (one, two):
        for number, early in enumerate((29.9, 0.12, 0.09, 0.07, 0.05, 0.03, 0.01, 0.0, -0.01, -0.2)):
            row, grant = asked(here, number)
            ends_at = time.time() + max(0.6, early + 0.1)  # the first is done long before
            Grant.objects.filter(pk=grant.pk).update(ends_at=datetime.fromtimestamp(ends_at, UTC))
            at(
                ends_at - early,
                (one, "answer_and_go_on", mia, row.approval.pk, row.pk),
                (two, "go_on", row.pk),
            )
            done.append(end(here, row, grant))
    assert done[0] is True
    assert done[-1] is False
    assert ChatMessage.objects.count() == sum(done)
