"""A night in which anything may happen next. What may be posted is kept here in plain numbers, beside the portal."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from agents.clearances.models import Clearance
from agents.connections import actions as connections
from agents.connectors.chat.models import ChatMessage
from agents.grants.models import Grant
from agents.lifecycle.stops import lift_stop, set_stop
from agents.nights import actions
from agents.permissions import ConnectionPermission
from agents.queue.models import Call
from agents.registry.models import Agent
from agents.schedules import actions as schedules
from agents.stops.models import Stop
from tests.agents.evenings import TO, evening
from tests.cast import make_cast

LINK = "See https://collect.example/x"


class Night(RuleBasedStateMachine):
    """Never a post that no clearance allows at that moment: that reader, no link, so often, by whom it takes."""

    posts = Bundle("posts")

    def __init__(self) -> None:
        super().__init__()
        self.rolled_back = transaction.atomic()
        self.rolled_back.__enter__()
        self.cast = make_cast()
        self.left, self.posted = 0, 0

    @initialize(second=st.booleans())
    def begin(self, second: bool) -> None:
        self.second = second
        self.here = evening(self.cast, second_person=second)
        self.right(True)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.rolled_back.__exit__(None, None, None)

    @invariant()
    def nothing_was_posted_unasked(self) -> None:
        assert ChatMessage.objects.count() == self.posted

    @invariant()
    def counts_agree(self) -> None:
        assert not Clearance.objects.filter(used__gt=F("most")).exists()
        assert sum(Clearance.objects.values_list("used", flat=True)) == self.posted

    @rule(most=st.integers(1, 3))
    def clear(self, most: int) -> None:
        """By the one whose yes it takes: the person, or Lea as the second one, while she may."""
        before = set(Clearance.objects.open().values_list("pk", flat=True))
        with suppress(ValidationError):
            made = self.here.clear(self.cast.lea if self.second else self.cast.mia, most=most)
            self.left = self.left if made.pk in before else most

    @rule(most=st.integers(1, 3))
    def clear_by_the_wrong_one(self, most: int) -> None:
        with suppress(ValidationError):
            self.here.clear(self.cast.mia if self.second else self.cast.lea, most=most)

    @rule(
        target=posts, to=st.sampled_from([TO, TO, "Support", "olga.petrova@example.com"]), link=st.booleans()
    )
    def post(self, to: str, link: bool) -> Any:
        text = f"{LINK} {self.here.made}" if link else ""
        row = self.here.post(text, to=to)
        goes = self.left > 0 and to == TO and not link
        assert (row.state == Call.State.DONE) == goes, (row.state, row.reasons)
        self.left, self.posted = self.left - goes, self.posted + goes
        return row.pk

    @rule(pk=posts)
    def decide_it_once_more(self, pk: int) -> None:
        row = Call.objects.get(pk=pk)
        before = row.state
        self.here.post(row.arguments["text"], to=row.arguments["to"], number=row.position)
        row.refresh_from_db()
        died = (before, row.state) == (Call.State.ASKED, Call.State.REFUSED)  # its ask ended with a stop
        assert row.state == before or died

    @rule(may=st.booleans())
    def right(self, may: bool) -> None:
        """Lea gets or loses the right to approve there; what she cleared counts while she has it."""
        change = connections.give if may else connections.take
        more: Any = {"rights": [ConnectionPermission.APPROVE]} if may else {}
        with suppress(ValidationError):
            change(self.cast.ada, self.here.room, holder=self.cast.lea, **more)
        if self.second and not may:
            self.withdraw()

    @rule()
    def withdraw(self) -> None:
        for clearance in Clearance.objects.filter(withdrawn_at=None, second_person=self.second):
            actions.withdraw(self.cast.mia, clearance)
        self.left = 0

    @rule(what=st.sampled_from(["schedule", "agent", "grant", "off", "stop", "everything", "hour"]))
    def something_changes(self, what: str) -> None:
        here, self.left = self.here, 0
        match what:
            case "schedule":
                schedules.edit(self.cast.mia, here.schedule, run_micros=900_000)
            case "off":
                schedules.switch_off(self.cast.mia, here.schedule)
                schedules.switch_on(self.cast.mia, here.schedule)
            case "agent":
                Agent.objects.filter(pk=here.agent.pk).update(instructions=f"Words {timezone.now()}")
            case "grant":
                Grant.objects.filter(pk=here.grant.pk).update(version=F("version") + 1)
                here.grant.refresh_from_db()
            case "hour":
                Clearance.objects.update(until=timezone.now() - timedelta(seconds=1))
            case _:
                scope = Stop.Scope.CONNECTION if what == "stop" else Stop.Scope.EVERYTHING
                place = {"connection": here.room} if what == "stop" else {}
                lift_stop(self.cast.ada, set_stop(self.cast.ada, scope=scope, why="", **place))
