"""One row of everything that a URL can name, for tests that walk over all of them."""

import uuid
from dataclasses import dataclass, replace
from datetime import timedelta

from django.utils import timezone

from agents import gate
from agents.approvals.models import Approval
from agents.approvals.unclear import Unclear
from agents.clearances.models import Clearance
from agents.connections.models import Connection
from agents.connectors.memory.models import DreamLine, MemoryNote
from agents.connectors.slack.models import Link
from agents.grants import actions as grants
from agents.grants.actions import Terms
from agents.grants.models import Grant, GrantRequest
from agents.lifecycle.agents import share_agent
from agents.lifecycle.stops import set_stop
from agents.lifecycle.tasks import claim_task, park_task
from agents.openings import actions as openings
from agents.openings.models import Opening
from agents.permissions import Level
from agents.queue import actions as tasks
from agents.queue.models import Call, Step, Task
from agents.queue.outcomes import credited
from agents.registry.models import Agent
from agents.schedules.actions import Trigger, pause
from agents.schedules.models import HOOK, Run, Schedule
from agents.stops.models import Stop
from agents.succession import actions as succession
from agents.succession.models import Handover
from metering.budgets import actions as budgets
from metering.budgets.models import Budget, BudgetRaise
from metering.budgets.permissions import of_team
from metering.disputes.models import CorrectionRequest, Objection
from metering.outcomes import actions as outcomes
from metering.outcomes.claims import Claim
from metering.outcomes.models import WorkItem
from metering.permits import actions as permits
from metering.permits.models import Permit
from metering.rights import actions as rights
from metering.signals.models import Signal
from metering.usage import actions as prices
from metering.usage.models import ContractPrice
from portal import plugins
from portal.accounts import actions as people
from portal.admin_requests import links
from portal.admin_requests.models import AdminRequest
from portal.audit.record import PORTAL
from portal.clock.models import Tick
from portal.health import readiness
from portal.mailing import switching
from portal.notices.models import Notice
from portal.people.models import Person
from portal.push import actions as devices
from portal.push.models import Device
from portal.reasons import because
from portal.teams import actions as teams
from portal.teams.models import Membership
from tests import builders
from tests.agents import scheduled
from tests.cast import Cast
from tests.portal.push_service import Browser


@dataclass(frozen=True)
class World:
    person: Person
    invited: Person
    membership: Membership
    agent: Agent
    connection: Connection
    grant: Grant
    request: GrantRequest
    task: Task
    step: Step
    call: Call
    note: MemoryNote
    line: DreamLine
    ask: Approval
    unclear: Unclear
    permit: Permit
    correction: CorrectionRequest
    objection: Objection
    price: ContractPrice
    stop: Stop
    budget: Budget
    raised: BudgetRaise
    signal: Signal
    item: WorkItem
    asked: AdminRequest
    told: AdminRequest
    handover: Handover
    own_box: Connection
    opening: Opening
    schedule: Schedule
    hooked: Schedule
    late_run: Run
    clearance: Clearance
    notice: Notice
    device: Device
    slack: Connection
    linked: Link
    releases: Connection
    cast: Cast

    def arguments(self, target: str) -> list[object]:
        """The URL's arguments for what a row of the doors' table names."""
        match target:
            case "":
                return []
            case "document":
                return ["works-agreement"]
            case "ready-made":
                return ["triage"]
            case "kind":
                return ["mail"]
            case "own_box_at_gmail":
                return [self.own_box.pk, "gmail"]
            case "night":
                return [2026, 11, 28]
            case "hook":
                return [self.hooked.hook]
            case "deployed":
                return [self.releases.pk, "shop", "staging"]
            case "run":
                return [self.releases.pk, "shop", "staging", 1]
            case "slack_door":
                return [self.slack.pk]
            case "team":
                return [self.cast.support.pk]
            case "membership":
                return [self.cast.support.pk, self.membership.pk]
            case "mail link":
                return [switching.token(self.person, ["task.ended"])]
            case "invitation":
                return links.arguments(self.invited)
        return [getattr(self, target).pk]


def make_world(cast: Cast) -> World:
    """Mia's agent with a live grant, a request that waits for Ada, and a task that waits for Mia."""
    agent, box = builders.triage(cast)
    chat = builders.chat(cast.ada, cast.support)
    grant = builders.grant(agent, chat, "chat.post", by=cast.ada, terms=Terms(always_ask=True))
    request = grants.request(
        cast.mia,
        agent=agent,
        connection=chat,
        wanted={"chat.post": Terms()},
        ends_at=timezone.now() + timedelta(days=3),
        why="more of it",
    )
    task = claim_task(
        builders.unnarrowed(tasks.queue(cast.mia, agent, instruction="Post hello to Lea")).pk, worker="here"
    )
    assert task is not None
    step = Step.objects.create(task=task, number=1, response={})
    call = gate.call(
        task,
        step,
        0,
        tool_call_id="c1",
        tool_name="chat_post",
        capability="chat.post",
        connection=chat.pk,
        arguments={"to": cast.lea.email, "text": "Hello"},
    )
    park_task(task, counts={})
    permit = permits.request(
        cast.lea, cast.support, purpose="Plan the budget", ends_at=timezone.now() + timedelta(days=9)
    )
    permits.grant(cast.ada, permit)
    nights = teams.create(
        PORTAL, name="Nights", cost_centre="4100"
    )  # what Mia objects to, so it opens nothing
    teams.add_member(PORTAL, nights, person=cast.lea, role=Membership.Role.LEAD)
    teams.add_member(PORTAL, nights, person=cast.mia)
    other = permits.request(cast.lea, nights, purpose="Plan more", ends_at=timezone.now() + timedelta(days=9))
    about_mia = permits.request(
        cast.lea, cast.mia, purpose="Split her budget", ends_at=timezone.now() + timedelta(days=9)
    )
    permits.grant(cast.ada, about_mia)
    budget = budgets.set_budget(
        cast.lea, of_team(cast.support), span="month", limit_micros=50_000_000, hard=True
    )
    raised = budgets.raise_budget(
        cast.lea, budget, micros=5_000_000, until=timezone.now() + timedelta(days=3), why="quarter's end"
    )
    did = replace(credited(task), changed=True)
    item = outcomes.claim(cast.mia, Claim(did, "Wiki", "page-7", title="How to refund", by_hand=True))
    outcomes.ask(cast.mia, item, colleague=cast.lea)
    invited = people.invite(PORTAL, email="new.one@example.com", display_name="New One", manager=cast.lea)
    _paused(agent)
    Person.objects.filter(pk=invited.pk).update(held_since=timezone.now())
    link = {"kind": "link", "person": cast.mia}  # asked for at the machine: by nobody who could lose a role
    for name in ("sweep", "send", *plugins.processes()):
        Tick.objects.create(name=name, begun_at=timezone.now(), done_at=timezone.now())
    readiness.forget()
    return World(
        person=cast.mia,
        invited=invited,
        asked=AdminRequest.objects.create(**link),
        notice=Notice.objects.create(
            person=cast.mia,
            kind="t.world",
            about_type="portal.Team",
            about_id=1,
            reason=because("notice_read"),
            link="/",
        ),
        told=AdminRequest.objects.create(
            **link, state="confirmed", decided_by=cast.ada, decided_at=timezone.now()
        ),
        membership=Membership.objects.current().get(team=cast.support, person=cast.mia),
        agent=agent,
        connection=box,
        grant=grant,
        request=request,
        task=task,
        step=step,
        call=call,
        note=(note := _note(task, chat)),
        line=_line(note),
        ask=Approval.objects.get(call=call),
        unclear=Unclear.objects.create(call=call, expires_at=timezone.now() + timedelta(days=1)),
        permit=permit,
        correction=CorrectionRequest.objects.create(
            person=cast.mia, first_day=timezone.localdate(), last_day=timezone.localdate(), why="Not me"
        ),
        objection=rights.object_to(cast.mia, permits.grant(cast.ada, other), why="Ask me first"),
        price=prices.add_price(
            cast.finn,
            provider="openai",
            pattern="gpt-4o*",
            currency="USD",
            input=2,
            output=8,
            valid_from=timezone.now().date(),
        ),
        stop=set_stop(cast.ada, scope=Stop.Scope.CAPABILITY, capability="mail.move", why="test"),
        budget=budget,
        raised=raised,
        signal=Signal.objects.create(
            person=cast.mia,
            kind="unread",
            agent_id=agent.pk,
            since=timezone.now().date(),
            found_at=timezone.now(),
        ),
        item=item,
        handover=_offered(cast),
        own_box=(own := builders.own_mail(cast.mia)),
        schedule=(schedule := scheduled.made(agent)),
        hooked=scheduled.made(agent, on=False, trigger=Trigger(event=HOOK)),
        late_run=Run.objects.create(
            schedule=schedule, key="late", how="time", state="asks", slot=timezone.now() - timedelta(hours=1)
        ),
        clearance=Clearance.objects.create(
            schedule=schedule,
            by=cast.mia,
            capability=grant.capability,
            connection=grant.connection,
            shape="0" * 64,
            most=2,
            until=timezone.now() + timedelta(hours=9),
            grant=grant,
            grant_version=grant.version,
            schedule_changed_at=schedule.changed_at,
            schedule_on_at=schedule.on_at or timezone.now(),
            agent_was="0" * 64,
        ),
        slack=(slack := builders.slack(cast.ada, cast.support)),
        linked=Link.objects.create(connection=slack, person=cast.mia, team="T1", account="U1", room="D1"),
        releases=builders.deployments(cast.ada, cast.support),
        opening=openings.give(cast.mia, own, reader=cast.lea, ends_at=timezone.now() + timedelta(days=3)),
        device=_device(cast.mia),
        cast=cast,
    )


def _note(task: Task, place: Connection) -> MemoryNote:
    return MemoryNote.objects.create(
        agent=task.agent,
        person=task.person,
        connection=place,
        task_number=task.pk,
        text="Lea answers questions about hello",
        from_others=False,
        expires_at=timezone.now() + timedelta(days=9),
    )


def _line(note: MemoryNote) -> DreamLine:
    return DreamLine.objects.create(
        key=uuid.uuid4(),
        agent=note.agent,
        person=note.person,
        connection=note.connection,
        task_number=note.task_number,
        why=DreamLine.Why.STALE,
        notes=[[note.pk, 1]],
        from_others=False,
    )


def _paused(agent: Agent) -> None:
    pause(PORTAL, scheduled.made(agent), cause=because("schedule_unread"))


def _offered(cast: Cast) -> Handover:
    """A task of Mia's with Lea's agent, offered to Lea."""
    agent = builders.agent(cast.lea, cast.support, name="Digest")
    share_agent(cast.lea, agent, reader=cast.mia, level=Level.OPERATOR)
    return succession.offer(cast.ada, tasks.queue(cast.mia, agent, instruction="Sum up"), to=cast.lea)


def _device(person: Person) -> Device:
    browser = Browser()
    place = "https://updates.push.services.mozilla.com/wpush/v2/world"
    return devices.allow(
        person, browser="Firefox on Linux", endpoint=place, p256dh=browser.p256dh, auth=browser.auth
    )
