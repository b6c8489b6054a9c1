"""A company in which people come, go, share and stop: the connector looks, at each effect, whether the person may.

What may be is kept here in plain sets, beside the portal and without asking it.
"""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule

from agents.approvals import actions as approvals
from agents.approvals.models import Approval
from agents.connectors import connectors
from agents.connectors.base import CallContext, Result
from agents.gate.calling import call as gate_call
from agents.grants.models import Grant
from agents.lifecycle.agents import hand_over_agent, pause_agent, resume_agent, share_agent, unshare_agent
from agents.lifecycle.tasks import claim_task
from agents.openings import actions as openings
from agents.openings.models import Opening
from agents.permissions import Level
from agents.queue import actions as tasks
from agents.queue.models import Call, Step, Task
from agents.queue.moves import Lost
from agents.queue.states import TaskState
from agents.registry.models import Agent
from portal.accounts import actions as people
from portal.people.models import Person
from portal.teams import actions as teams
from portal.teams.models import Membership, Team
from tests import builders
from tests.agents.gated import Strange
from tests.cast import make_cast

PEOPLE = ("mia", "lea", "olga")
TEAMS = ("support", "sales")
CAPABILITIES = ("strange.write", "strange.destroy")
OPERATES = {Level.OPERATOR, Level.MANAGER}


class Company(RuleBasedStateMachine):
    """Never an effect for a person who may not operate the agent, or may not reach the connection, at that moment."""

    work = Bundle("work")
    asks = Bundle("asks")

    def __init__(self) -> None:
        super().__init__()
        self.rolled_back = transaction.atomic()
        self.rolled_back.__enter__()
        self.cast = make_cast()
        self.connector = Strange()
        self.connector.performs = self.happens
        connectors()["strange"] = self.connector
        self.agent = builders.agent(self.cast.mia, self.cast.support)
        add = builders.connections.add
        self.shared = add(self.cast.ada, kind="strange", name="S", team=self.cast.support, settings={})
        self.own = add(self.cast.mia, kind="strange", name="O", settings={})
        # What the portal is told, and nothing that it concludes from it.
        self.owner, self.stopped, self.opened = "mia", False, set[str]()
        self.active = set(PEOPLE)
        self.level: dict[str, Level] = {"mia": Level.MANAGER, "support": Level.VIEWER}
        self.members = {"support": {"lea", "mia"}, "sales": {"olga"}}
        self.number = 0
        self.wrong: list[str] = []
        for reader in ("sales", "lea"):
            share_agent(self.cast.ada, self.agent, reader=self.reader(reader), level=Level.OPERATOR)
            self.level[reader] = Level.OPERATOR
        self.all_is_well_again()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.rolled_back.__exit__(None, None, None)
        connectors().pop("strange", None)

    # -- what must hold ---------------------------------------------------------------------------------------------

    def operates(self, who: str) -> bool:
        return who in self.active and any(self.level.get(one) in OPERATES for one in self.sides(who))

    def sides(self, who: str) -> set[str]:
        return {who} | {team for team in TEAMS if who in self.members[team]}

    def happens(self, context: CallContext) -> Result:
        call = Call.objects.select_related("task__person").get(key=context.key)
        who = self.name(call.task.person)
        self.check(self.operates(who), f"{who} may not operate the agent")
        self.check(not self.stopped, "the agent is stopped")
        if call.connection_id == self.own.pk:
            reached = who == "mia" or bool(self.opened & self.sides(who))
            self.check(reached and "mia" in self.active, f"Mia's connection is not open to {who}")
        return Result({"ok": True}, "Did it")

    def check(self, holds: bool, what: str) -> None:
        if not holds:
            self.wrong.append(what)

    @invariant()
    def nothing_happened_that_must_not(self) -> None:
        assert self.wrong == [], self.wrong

    @invariant()
    def nothing_is_under_way_for_who_may_not(self) -> None:
        for task in Task.objects.under_way().select_related("person"):
            assert self.operates(self.name(task.person)), f"{task} of {task.person} is under way"

    @invariant()
    def no_ask_waits_in_a_task_that_ended(self) -> None:
        waiting = Approval.objects.filter(state=Approval.State.OPEN).exclude(
            call__task__in=Task.objects.under_way().values("pk")
        )
        assert not waiting.exists()

    def name(self, person: Person) -> str:
        return person.email.partition(".")[0]

    def person(self, who: str) -> Person:
        found: Person = Person.objects.get(pk=getattr(self.cast, who).pk)
        return found

    def reader(self, name: str) -> Person | Team:
        found: Team = getattr(self.cast, name)
        return found if name in TEAMS else self.person(name)

    def fresh(self) -> Agent:
        return Agent.objects.get(pk=self.agent.pk)

    # -- work -------------------------------------------------------------------------------------------------------

    @rule(target=work, who=st.sampled_from(PEOPLE))
    def queue(self, who: str) -> Any:
        with suppress(ValidationError):  # not theirs to use, or it is stopped
            task = tasks.queue(self.person(who), self.fresh(), instruction="Be strange")
            assert self.operates(who), "a task was taken from somebody who may not operate"
            return builders.unnarrowed(task).pk
        return multiple()

    @rule(target=asks, pk=work, own=st.booleans(), capability=st.sampled_from(CAPABILITIES))
    def call(self, pk: int, own: bool, capability: str) -> Any:
        """By the worker that has the task, or takes it now; one that was stopped meanwhile tries all the same."""
        task = claim_task(pk, worker=f"w{pk}") or Task.objects.select_related("agent", "person").get(pk=pk)
        if task.state == TaskState.QUEUED:
            return multiple()
        self.number += 1
        step = Step.objects.create(task=task, number=self.number, response={})
        place = self.own if own else self.shared
        with suppress(Lost):
            made = self.made(task, step, capability, place.pk, {"text": str(self.number)})
            return made.pk if made.state == Call.State.ASKED else multiple()
        return multiple()

    def made(self, task: Task, step: Step, capability: str, place: int, arguments: dict[str, Any]) -> Call:
        return gate_call(
            task,
            step,
            0,
            tool_call_id="c",
            tool_name="c",
            capability=capability,
            connection=place,
            arguments=arguments,
        )

    @rule(who=st.sampled_from(PEOPLE), how=st.sampled_from(["leave", "share", "team", "close", "owner"]))
    def begin_lose_and_go_on(self, who: str, how: str) -> None:
        """The hole that was found: somebody's task has begun, what it stood on is taken away, it calls once more."""
        pk = self.queue(who)
        if not isinstance(pk, int):
            return
        self.call(pk, False, CAPABILITIES[0])
        match how:
            case "leave" if who in self.active:
                self.leave_or_come_back(who)
            case "share":
                self.unshare(who)
            case "team":
                self.unshare("support" if who in self.members["support"] else "sales")
            case "close":
                self.open_or_close("sales", 0)
            case "owner":
                self.hand_over("lea" if self.owner == "mia" else "mia")
        for own in (False, True):
            self.call(pk, own, CAPABILITIES[0])

    @rule(pk=asks, yes=st.booleans())
    def answer(self, pk: int, yes: bool) -> None:
        call = Call.objects.select_related("task__person").get(pk=pk)
        with suppress(ValidationError):
            approvals.answer(call.task.person, Approval.objects.get(call=pk), yes=yes)

    @rule(pk=asks)
    def go_on(self, pk: int) -> None:
        call = Call.objects.select_related("step", "task__agent").get(pk=pk)
        with suppress(Lost):
            self.made(call.task, call.step, call.capability, call.connection_id or 0, call.arguments)

    # -- people, shares, leaving, stops -----------------------------------------------------------------------------

    @rule(to=st.sampled_from((*PEOPLE, *TEAMS)), level=st.sampled_from(list(Level)))
    def share(self, to: str, level: Level) -> None:
        with suppress(ValidationError):
            share_agent(self.cast.ada, self.fresh(), reader=self.reader(to), level=level)
            self.level[to] = level

    @rule(to=st.sampled_from((*PEOPLE, *TEAMS)))
    def unshare(self, to: str) -> None:
        with suppress(ValidationError):
            unshare_agent(self.cast.ada, self.fresh(), reader=self.reader(to))
            self.level.pop(to, None)

    @rule(who=st.sampled_from(PEOPLE), team=st.sampled_from(TEAMS))
    def join_or_leave(self, who: str, team: str) -> None:
        found = Membership.objects.current().filter(person=self.person(who), team=self.reader(team)).first()
        with suppress(ValidationError):
            if found is not None:
                teams.end_membership(self.cast.ada, found)
                self.members[team].discard(who)
            else:
                teams.add_member(self.cast.ada, self.reader(team), person=self.person(who))  # type: ignore[arg-type]
                self.members[team].add(who)

    @rule(who=st.sampled_from(PEOPLE))
    def leave_or_come_back(self, who: str) -> None:
        if who in self.active:
            people.deactivate(self.cast.ada, self.person(who))
            self.active.discard(who)
            self.stopped = self.stopped or who == self.owner
            self.opened = set() if who == "mia" else self.opened
        else:
            people.reactivate(self.cast.ada, self.person(who))
            self.active.add(who)

    @rule(to=st.sampled_from(PEOPLE))
    def hand_over(self, to: str) -> None:
        with suppress(ValidationError):
            hand_over_agent(self.cast.ada, self.fresh(), owner=self.person(to))
            self.level.pop(self.owner, None)
            self.owner, self.level[to] = to, Level.MANAGER

    @rule()
    def stop(self) -> None:
        with suppress(ValidationError):
            pause_agent(self.cast.ada, self.fresh())
            self.stopped = True

    @rule(to=st.sampled_from(("lea", "olga", *TEAMS)), days=st.sampled_from([0, 3]))
    def open_or_close(self, to: str, days: int) -> None:
        with suppress(ValidationError):
            if days and "mia" in self.active:
                until = timezone.now() + timedelta(days=days)
                openings.give(self.person("mia"), self.own, reader=self.reader(to), ends_at=until)
                self.opened.add(to)
            for one in Opening.objects.filter(ended_at=None).for_reading() if not days else ():
                openings.end(self.person("mia"), one)
                self.opened = set()

    @rule()
    def all_is_well_again(self) -> None:
        """The agent works and holds every grant: else most runs would end in a portal that says no."""
        with suppress(ValidationError):
            resume_agent(self.cast.ada, self.fresh())
        agent = self.fresh()
        self.stopped = agent.state != Agent.State.ACTIVE
        for place, by in ((self.shared, self.cast.ada), (self.own, self.cast.mia)):
            for name in CAPABILITIES:
                held = Grant.objects.live().filter(agent=agent, connection=place, capability=name)
                if not held.exists() and {self.owner, "mia"} <= self.active:
                    builders.grant(agent, place, name, by=by)
