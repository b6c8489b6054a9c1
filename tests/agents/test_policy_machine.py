"""A random life of grants, stops, approvals and calls, against the real gate: never an effect without its leave.

The machine keeps its own account of what a person did. After every rule each message that was posted is held against
it: under a grant that lived, with nothing stopped, after one unused yes to exactly that call.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from agents.approvals import actions as approvals
from agents.approvals.models import Approval
from agents.connectors.chat.models import ChatMessage
from agents.grants import actions as grants
from agents.grants.actions import Terms
from agents.grants.models import Grant
from agents.queue.models import Call
from agents.stops import actions as stops
from agents.stops.models import Stop
from tests import builders
from tests.agents.gated import scene

pytestmark = pytest.mark.django_db
AT_MOST = 12  # asks in a task before it counts as tiring


def machine(cast: Any) -> type[RuleBasedStateMachine]:
    """The machine for this cast: each run has a task of its own."""

    class Life(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.rolled_back = transaction.atomic()  # each life begins with the cast alone
            self.rolled_back.__enter__()
            self.here = scene(cast)
            self.here.task.__class__.objects.filter(pk=self.here.task.pk).update(max_asks=AT_MOST)
            for one in Grant.objects.live().filter(capability="chat.post"):
                grants.revoke(cast.ada, one)
            self.before = set(ChatMessage.objects.values_list("key", flat=True))
            self.said: set[int] = set()  # asks that a person said yes to
            self.dead: set[int] = set()  # grants that no longer live
            self.leave: set[Any] = set()  # keys of calls that may have had their effect
            self.stop: Stop | None = None
            self.rows: list[Call] = []

        # -- what people do

        @rule(asks=st.booleans(), uses=st.sampled_from([None, 1, 2]), outsider=st.booleans())
        def grant(self, asks: bool, uses: int | None, outsider: bool) -> None:
            to = {"to": {"only": [cast.olga.email if outsider else cast.lea.email]}}
            terms = Terms(always_ask=asks, max_uses=uses, limits=to)
            builders.grant(self.here.agent, self.here.chat, "chat.post", by=cast.ada, terms=terms)

        @precondition(lambda self: self.live())
        @rule(data=st.data(), ends=st.booleans())
        def end(self, data: st.DataObject, ends: bool) -> None:
            one = data.draw(st.sampled_from(self.live()))
            if ends:
                Grant.objects.filter(pk=one.pk).update(ends_at=timezone.now() - timedelta(seconds=1))
            else:
                grants.revoke(cast.ada, one)
            self.dead.add(one.pk)

        @precondition(lambda self: self.stop is None)
        @rule(scope=st.sampled_from([Stop.Scope.EVERYTHING, Stop.Scope.CONNECTION, Stop.Scope.CAPABILITY]))
        def halt(self, scope: Stop.Scope) -> None:
            what: dict[str, Any] = {}
            if scope == Stop.Scope.CONNECTION:
                what = {"connection": self.here.chat}
            elif scope == Stop.Scope.CAPABILITY:
                what = {"capability": "chat.post"}
            self.stop = stops.set_stop(cast.ada, scope=scope, why="A test", **what)

        @precondition(lambda self: self.stop is not None)
        @rule()
        def lift(self) -> None:
            assert self.stop is not None
            stops.lift(cast.ada, self.stop)
            self.stop = None

        @precondition(lambda self: self.asks())
        @rule(data=st.data(), yes=st.booleans())
        def answer(self, data: st.DataObject, yes: bool) -> None:
            ask = data.draw(st.sampled_from(self.asks()))
            try:
                approvals.answer(cast.mia, ask, yes=yes)
            except ValidationError:
                return  # it died meanwhile
            if yes:
                self.said.add(ask.pk)

        # -- what a hijacked model does

        @rule(to=st.sampled_from(["lea", "olga", "finn"]), text=st.sampled_from(["One", "Two", "Three"]))
        def call(self, to: str, text: str) -> None:
            self.act(lambda: self.here.call("chat.post", to=getattr(cast, to).email, text=text))

        @precondition(lambda self: self.rows)
        @rule(data=st.data())
        def again(self, data: st.DataObject) -> None:
            row = data.draw(st.sampled_from(self.rows))
            self.act(lambda: self.here.again(row))

        # -- the account

        def live(self) -> list[Grant]:
            return list(
                Grant.objects.live().filter(agent=self.here.agent, capability="chat.post").order_by("pk")
            )

        def asks(self) -> list[Approval]:
            return list(Approval.objects.filter(call__task=self.here.task, state="open").order_by("pk"))

        def act(self, made: Any) -> None:
            had = self.effects()
            row = made()
            self.rows = [one for one in self.rows if one.pk != row.pk] + [row]
            new = self.effects() - had
            if not new:
                return
            assert new == {row.key}
            assert row.key not in self.leave, "it happened twice"
            assert self.stop is None
            grant = Grant.objects.get(pk=row.grant_id)
            assert grant.pk not in self.dead
            assert row.arguments["to"] in grant.limits["to"]["only"]
            assert grant.max_uses is None or grant.used <= grant.max_uses
            if grant.always_ask:
                ask = Approval.objects.get(call=row)
                assert ask.pk in self.said
                assert ask.used_at is not None
                self.said.remove(ask.pk)
            self.leave.add(row.key)

        def effects(self) -> set[Any]:
            return set(ChatMessage.objects.values_list("key", flat=True)) - self.before

        @invariant()
        def nothing_else_happened(self) -> None:
            assert self.effects() == self.leave
            held = Grant.objects.filter(agent=self.here.agent, capability="chat.post")
            assert sum(one.used for one in held) == len(self.leave)
            assert Approval.objects.filter(call__task=self.here.task).count() <= AT_MOST

        def teardown(self) -> None:
            transaction.set_rollback(True)
            self.rolled_back.__exit__(None, None, None)

    return Life


def test_whatever_people_and_a_hijacked_model_do_nothing_happens_without_leave(cast):
    run_state_machine_as_test(
        machine(cast),
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
