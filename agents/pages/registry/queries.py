"""Queries of the agents' pages: a fixed number of them, however many rows there are."""

from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from agents.card.card import card
from agents.events import Event
from agents.grants.models import Grant
from agents.pages.registry.going_live import current_mode
from agents.pages.registry.usage import usage
from agents.permissions import LEVELS, AgentPermission, Level, ModePermission, StopPermission
from agents.queue.models import Task
from agents.queue.states import AT_WORK
from agents.queue.task_querysets import TaskQuerySet
from agents.registry.models import Agent, AgentPersonShare, AgentQuerySet, AgentTeamShare
from agents.rights import Holder, holders
from metering.budgets import queries as budgets
from metering.outcomes.figures import ratings
from metering.privacy.disclosure import WITHHELD
from metering.rollups.periods import fixed
from portal.audit.models import Entry, EntryQuerySet
from portal.people.models import Person


@dataclass(frozen=True)
class Share(Holder):
    """One line of who has an agent, and as what."""

    owner: bool

    @property
    def level(self) -> Level:
        return level_of(self.rights)


def listed(person: Person, wanted: dict[str, Any]) -> AgentQuerySet:
    agents = Agent.objects.visible_to(person).select_related("team", "owner")
    if words := wanted.get("q"):
        agents = agents.filter(Q(name__icontains=words) | Q(purpose__icontains=words))
    if team := wanted.get("team"):
        agents = agents.filter(team=team)
    if wanted.get("mine"):
        agents = agents.filter(owner=person)
    match wanted.get("state"):
        case "live" | "shadow" as mode:
            agents = agents.filter(state=Agent.State.ACTIVE, mode=mode)
        case Agent.State.PAUSED | Agent.State.RETIRED as state:
            agents = agents.filter(state=state)
        case "any":
            pass
        case _:
            agents = agents.exclude(state=Agent.State.RETIRED)
    own = Task.objects.filter(agent=OuterRef("pk"), person=person)
    latest = own.order_by("-id").values("created_at")[:1]
    return agents.annotate(last_task_at=Subquery(latest))


def about(agent: Agent, person: Person) -> dict[str, Any]:
    rights = agent.rights_of(person)
    mode_rights = agent.mode_rights(person)
    manages = AgentPermission.MANAGE in rights and not agent.retired
    grants = list(agent.grants.holding().values_list("state", "request_id"))
    return {
        "agent": agent,
        "manages": manages,
        "may_stop": AgentPermission.STOP in rights and not agent.retired,
        "may_queue": AgentPermission.OPERATE in rights and agent.state == Agent.State.ACTIVE,
        "stop": (stop := agent.stops.active().for_reading().first()),
        "may_lift": stop is not None and stop.permits(person, StopPermission.LIFT),
        "owns": agent.owner_id == person.pk,
        "card": card(agent),
        "ungranted": not agent.retired and not grants,
        "standing": current_mode(agent),
        "undecided": agent.undecided(),
        "mode_rights": {right.name.lower(): right in mode_rights for right in ModePermission},
        "waiting": sorted({request for state, request in grants if state == Grant.State.REQUESTED}),
        "tasks": Task.objects.visible_to(person).filter(agent=agent).for_lists()[:10],
        "others_at_work": manages and agent.tasks.under_way().exclude(person=person).exists(),
        "usage": usage(agent, person),
        "withheld": WITHHELD,
        "budgets": budgets.of_agent(agent.pk, person),
        "spent": budgets.holds(agent.pk),
        **feedback(agent, person),
        "shares": shares(agent),
        "history": history(agent, person)[:6],
    }


def history(agent: Agent, person: Person) -> EntryQuerySet:
    """The agent's entries, latest first. Who queued tasks for it is that person's matter, and the auditor's."""
    queued = Q(event=Event.TASK_QUEUED) & ~Q(actor=person)
    return Entry.objects.about(agent).exclude(queued).order_by("-id")


def held_by_a_stop(tasks: TaskQuerySet) -> dict[str, bool]:
    """Would a stop end tasks now, and would some wait until it is lifted? Not how many: that is private."""
    working = Q(state__in=AT_WORK)
    return {
        "working": tasks.filter(working).exists(),
        "waiting": tasks.under_way().exclude(working).exists(),
    }


def feedback(agent: Agent, person: Person) -> dict[str, Any]:
    """What people said of its work in the latest four weeks that have ended, as far as its owner may hear it."""
    if agent.owner_id != person.pk:
        return {}
    period = fixed(timezone.now().date())[0]
    return {"voices": ratings(agent.pk, person.pk, period), "voices_period": period}


def shares(agent: Agent) -> list[Share]:
    """Who has the agent and as what: its owner first, then people, then teams."""
    every = holders(agent, AgentPersonShare, AgentTeamShare)
    found = [Share(holder.holder, holder.rights, holder.holder == agent.owner) for holder in every]
    return sorted(found, key=lambda share: not share.owner)


def levels(agent: Agent) -> dict[str, str]:
    """The same in words, by whom it is shared with."""
    return {f"{share.holder}{' (team)' * share.team}": share.level.label for share in shares(agent)}


def level_of(rights: frozenset[str]) -> Level:
    """The highest level whose rights are all there; any right at all is the lowest."""
    full = [level for level in Level if rights >= set(LEVELS[level])]
    return full[-1] if full else Level.VIEWER
