"""A portal in which anything may happen next: the connector looks, at the moment of each effect, whether it may be."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
)

from agents.approvals import actions as approvals
from agents.approvals.models import Approval, binding
from agents.connectors import connectors
from agents.connectors.base import CallContext, Result
from agents.grants.models import Grant, GrantQuerySet
from agents.lifecycle.agents import pause_agent
from agents.lifecycle.grants import revoke_grant
from agents.lifecycle.stops import lift_stop, set_stop
from agents.queue.keys import digest
from agents.queue.models import Call
from agents.registry.models import Agent
from agents.stops.models import Stop
from tests import builders
from tests.agents import transcripts
from tests.agents.gated import Scene, Strange
from tests.cast import make_cast

CAPABILITIES = ("strange.write", "strange.destroy")


class Portal(RuleBasedStateMachine):
    """Whoever does what, when: the connector looks, at the moment of each effect, at whether it may be."""

    calls = Bundle("calls")

    def __init__(self) -> None:
        super().__init__()
        self.rolled_back = transaction.atomic()
        self.rolled_back.__enter__()
        cast = make_cast()
        agent, box = builders.triage(cast)
        self.connector = Strange()
        self.connector.performs = self.happens
        connectors()["strange"] = self.connector
        self.place = builders.connections.add(
            cast.ada, kind="strange", name="Strange", team=cast.support, settings={}
        )
        task = transcripts.running(cast.mia, agent)
        self.here = Scene(cast, agent, box, box, task, transcripts.step(task))
        self.said_yes: set[int] = set()  # asks that a person allowed
        self.wrong: list[str] = []
        for capability in CAPABILITIES:
            self.all_is_well_again(capability)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.rolled_back.__exit__(None, None, None)
        connectors().pop("strange", None)

    # -- what must hold at the moment of an effect ------------------------------------------------------------------

    def happens(self, context: CallContext) -> Result:
        call = Call.objects.get(key=context.key)
        live = Grant.objects.live().filter(agent=self.here.agent, connection=self.place, pk=call.grant_id)
        self.check(live.filter(capability=context.capability).exists(), "no live grant")
        self.check(call.state == Call.State.STARTED, "the row does not say started")
        self.check(dict(context.arguments) == call.arguments, "other arguments than in the row")
        self.check(context.key not in self.connector.done, "done twice")
        self.check(not Stop.objects.active().exists(), "something was stopped")
        self.check(Agent.objects.get().state == Agent.State.ACTIVE, "the agent was stopped")
        if context.capability == "strange.destroy":
            ask = Approval.objects.filter(call=call, state=Approval.State.APPROVED).first()
            self.check(ask is not None and ask.pk in self.said_yes, "nobody allowed it")
            if ask is not None:
                self.said_yes.discard(ask.pk)  # once
                self.check(ask.digest == binding(call, live.get()), "a yes to something else")
        return Result({"ok": True}, "Did it")

    def check(self, holds: bool, what: str) -> None:
        if not holds:
            self.wrong.append(what)

    @invariant()
    def nothing_happened_that_must_not(self) -> None:
        assert self.wrong == []

    @invariant()
    def every_effect_has_its_row(self) -> None:
        done = Call.objects.filter(connection=self.place, state=Call.State.DONE)
        assert sorted(str(one) for one in done.values_list("key", flat=True)) == sorted(self.connector.done)

    # -- calls ------------------------------------------------------------------------------------------------------

    @rule(target=calls, capability=st.sampled_from(CAPABILITIES), same=st.booleans())
    def call(self, capability: str, same: bool) -> Any:
        """A new one, or the same once more: a yes to one is none to the other."""
        text = "the same" if same else f"number {self.here.made}"
        made = self.here.call(capability, on=self.place, text=text)
        return made.pk if made.state == Call.State.ASKED else multiple()

    @rule(pk=calls)
    def go_on(self, pk: int) -> None:
        self.here.again(Call.objects.get(pk=pk))

    @rule(pk=calls)
    def change_what_waits(self, pk: int) -> None:
        row, other = Call.objects.get(pk=pk), {"text": "something else"}
        if row.state == Call.State.ASKED:
            row.arguments, row.digest = other, digest(row.capability, row.connection_id, other)
            row.save()

    @rule(pk=calls, who=st.sampled_from(["mia", "ada", "olga"]), yes=st.booleans())
    def answer(self, pk: int, who: str, yes: bool) -> None:
        ask = Approval.objects.get(call=pk)
        with suppress(ValidationError):
            approvals.answer(getattr(self.here.cast, who), ask, yes=yes)
            assert who == "mia", "somebody answered whose ask it is not"
            if yes:
                self.said_yes.add(ask.pk)

    @rule(pk=calls, meanwhile=st.sampled_from(["nothing", "changed", "revoked", "twice"]))
    def allow_and_go_on(self, pk: int, meanwhile: str) -> None:
        """The ordinary way of an ask, and what may come between the answer and the effect."""
        self.answer(pk, "mia", True)
        if meanwhile == "changed":
            self.change_what_waits(pk)
        if meanwhile == "revoked":
            self.revoke(Call.objects.get(pk=pk).capability)
        self.go_on(pk)
        if meanwhile == "twice":
            self.go_on(pk)

    # -- grants and stops -------------------------------------------------------------------------------------------

    @rule(capability=st.sampled_from(CAPABILITIES))
    def all_is_well_again(self, capability: str) -> None:
        """A new grant where there is none, and nothing stopped: else most runs would end in a portal that says no."""
        for stop in Stop.objects.active().for_reading():
            lift_stop(self.here.cast.ada if stop.agent is None else self.here.cast.mia, stop)
        if not self.live(capability).exists():
            builders.grant(self.here.agent, self.place, capability, by=self.here.cast.ada)

    @rule(
        what=st.sampled_from(["revoked", "over", "one use left", "connection stopped", "agent stopped"]),
        capability=st.sampled_from(CAPABILITIES),
    )
    def something_ends(self, what: str, capability: str) -> None:
        with suppress(ValidationError):  # it is stopped already
            match what:
                case "revoked":
                    self.revoke(capability)
                case "over":
                    past = timezone.now() - timedelta(seconds=1)
                    self.live(capability).update(ends_at=past)
                case "one use left":
                    self.live(capability).update(max_uses=1, used=0)
                case "connection stopped":
                    scope = Stop.Scope.CONNECTION
                    set_stop(self.here.cast.ada, scope=scope, connection=self.place, why="")
                case "agent stopped":
                    pause_agent(self.here.cast.mia, self.here.agent, why="")

    def revoke(self, capability: str) -> None:
        for one in self.live(capability):
            revoke_grant(self.here.cast.ada, one)

    def live(self, capability: str) -> GrantQuerySet:
        return Grant.objects.live().filter(connection=self.place, capability=capability)
