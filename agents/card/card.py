"""Builds the worst-case card: what an agent can do right now, and nothing else. Pure, but for ``card``."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone

from agents.card.sentences import manner
from agents.card.worst import worst
from agents.connections.models import Connection
from agents.connectors import connectors, telling
from agents.grants.limits import met
from agents.openings.models import Opening
from agents.policy.declarations import Capability
from agents.policy.facts import Facts, GrantFact, StopFact
from agents.policy.rules import against_everything, against_holding
from agents.reasons import of_rules
from agents.registry.models import Agent
from agents.stops.models import Stop
from portal.reasons import render_reason
from portal.words import day, duration, money, plural

# What the company is promised, whatever an agent reads (README, "what it promises").
PROMISE = "No mail or file can give it more."
ENDING = (Stop.Scope.EVERYTHING, Stop.Scope.AGENT)  # stops that leave it nothing to do
MOST_MISSING = 8  # capabilities named one by one among those that it does not have


@dataclass(frozen=True, slots=True)
class Holding:
    """One grant that has not ended, with its surroundings. ``capability`` None: no connector declares it."""

    fact: GrantFact
    capability: Capability | None
    connection: str
    connection_active: bool = True
    stops: tuple[StopFact, ...] = ()
    last_used_at: datetime | None = None
    url: str = ""
    only: str = ""  # on a personal connection: whose tasks it works in
    shadow: bool = False  # no person has let the agent act for real there
    tells: bool = False  # by it the agent tells its task's person something

    @property
    def title(self) -> str:
        return self.capability.title if self.capability else f"use {self.fact.capability}"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing it can do, in the worst case: untrusted text was read, and the model does as that text says.

    ``state``: can (by itself), named (by itself only as the instruction names it), asks (a person answers each time),
    shadow (only noted, not done), held (not now: ``held_by``). ``manner``: how, in words.
    """

    holding: Holding
    state: str
    manner: str
    held_by: str

    @property
    def usable(self) -> bool:
        return self.state != "held"


@dataclass(frozen=True, slots=True)
class Note:
    """What is said before anything else: the agent is stopped, in shadow mode, ownerless."""

    kind: str  # deny or shadow
    text: str


@dataclass(frozen=True, slots=True)
class Card:
    notes: tuple[Note, ...]
    lines: tuple[Line, ...]
    nothing_else: str
    per_task: str = ""

    @property
    def usable(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.usable)

    @property
    def held(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if not line.usable)


def build(
    facts: Facts,
    holdings: Sequence[Holding],
    catalogue: Mapping[str, tuple[Capability, ...]],
    *,
    per_task: str = "",
) -> Card:
    """The card. ``facts``: the agent, and what stops everything. ``catalogue``: capabilities by connector."""
    stopped = [render_reason(of_rules(reason)) for reason in against_everything(facts)]
    notes = [Note("deny", f"It can do nothing now. {text}") for text in stopped[:1]]
    notes += [Note("deny", text) for text in stopped[1:]]
    if facts.shadow:
        notes.append(Note("shadow", "Trial run: it reads. Everything else is only noted, not done."))
    lines = tuple(_line(facts, holding, bool(stopped)) for holding in holdings)
    held = {holding.fact.capability for holding in holdings}
    return Card(tuple(notes), lines, _nothing_else(catalogue, held, bool(lines)), per_task)


def _line(facts: Facts, holding: Holding, stopped: bool) -> Line:
    held_by = "" if stopped else _held_by(facts, holding)
    here = replace(facts, shadow=facts.shadow or holding.shadow)
    found = worst(holding.capability, holding.fact, here) if holding.capability else None
    said = manner(holding.capability, holding.fact, found) if holding.capability and found else ""
    if found and found.state == "named" and holding.tells and _reaches_a_person(holding.fact):
        said = f"{said}, but not to tell you alone"
    return Line(
        holding,
        state="held" if stopped or held_by or found is None else found.state,
        manner=said,
        held_by=held_by,
    )


def _reaches_a_person(grant: GrantFact) -> bool:
    """May it tell a person something, whom a limit names by their address?"""
    only = [pattern for limit in grant.limits.values() for pattern in limit.get("only", ())]
    return not only or any("@" in str(pattern) or "*" in str(pattern) for pattern in only)


def _held_by(facts: Facts, holding: Holding) -> str:
    """Why this grant cannot be used this moment; empty when it can. The same rules that decide on a call."""
    if holding.capability is None:
        return "No connector offers this any more."
    around = Facts(
        now=facts.now,
        agent_state=facts.agent_state,
        owner_active=facts.owner_active,
        task_state=facts.task_state,
        connection_active=holding.connection_active,
        stops=holding.stops,
    )
    against = [*against_everything(around), *against_holding(holding.fact, holding.capability, around)]
    if against:
        return render_reason(of_rules(against[0]))
    return "" if met(holding.capability, holding.fact.limits) else "Its limits rule out every call."


def _nothing_else(catalogue: Mapping[str, tuple[Capability, ...]], held: set[str], something: bool) -> str:
    """``Nothing else: no calendar. It cannot label messages; or move messages to other folders.``"""
    without = [f"no {title}" for title, offered in catalogue.items() if not held & _names(offered)]
    missing = [
        capability.title
        for offered in catalogue.values()
        if held & _names(offered)
        for capability in offered
        if capability.name not in held
    ]
    start = "Nothing else" if something else "Nothing"
    said = f"{start}: {', '.join(without)}." if without else f"{start}."
    return f"{said} It cannot {_or(missing)}." if missing else said


def _names(capabilities: tuple[Capability, ...]) -> set[str]:
    return {capability.name for capability in capabilities}


def _lower(title: str) -> str:
    return title if title[:2].isupper() else title[:1].lower() + title[1:]


def _or(words: list[str]) -> str:
    """Semicolons, because a capability's words may hold commas; a long list ends early."""
    if len(words) > MOST_MISSING:
        words = [*words[:MOST_MISSING], f"use {len(words) - MOST_MISSING} others"]
    return words[0] if len(words) == 1 else f"{'; '.join(words[:-1])}; or {words[-1]}"


def _only(connection: Connection, openings: Sequence[Opening]) -> str:
    """``only in tasks of Mia Park, and of Support until 5 Dec 2026``; empty for a shared connection."""
    if not connection.personal:
        return ""
    opened = [
        f"of {opening.reader} until {day(opening.ends_at, timezone.get_current_timezone())}"
        for opening in openings
    ]
    return ", and ".join([f"only in tasks of {connection.person}", *opened])


def card(agent: Agent, *, also_live: frozenset[int] = frozenset()) -> Card:
    """The card of one agent now, in four queries: grants, yeses, stops, the owner; a fifth for openings.

    ``also_live``: as it would read were it live on these connections too.
    A stop of one task is shown on that task's page: it holds back nothing else.
    """
    held = agent.grants.live().select_related("connection__person").order_by("connection_id", "id")
    grants, opened = list(held), defaultdict(list)
    if own := {grant.connection_id for grant in grants if grant.connection.personal}:
        for opening in Opening.objects.current().filter(connection__in=own).for_reading():
            opened[opening.connection_id].append(opening)
    names, places = {grant.capability for grant in grants}, {grant.connection_id for grant in grants}
    around = models.Q(connection_id__in=places) | models.Q(capability__in=names)
    ending = models.Q(scope=Stop.Scope.EVERYTHING) | models.Q(scope=Stop.Scope.AGENT, agent=agent)
    standing = list(Stop.objects.active().filter(around | ending).for_reading())
    live = agent.lives_on() | also_live
    facts = Facts(
        now=timezone.now(),
        agent_state=agent.state,
        owner_active=agent.owner.is_active,
        task_state="running",
        shadow=agent.mode == Agent.Mode.SHADOW and not also_live,
        stops=tuple(stop.fact() for stop in standing if stop.scope in ENDING),
        company_domains=frozenset(settings.COMPANY_DOMAINS),
    )
    holdings = [
        Holding(
            fact=grant.fact(),
            capability=grant.declared,
            connection=str(grant.connection),
            connection_active=grant.connection.state == grant.connection.State.ACTIVE,
            stops=tuple(
                stop.fact()
                for stop in standing
                if stop.scope not in ENDING
                and (stop.connection_id == grant.connection_id or stop.capability == grant.capability)
            ),
            last_used_at=grant.last_used_at,
            url=grant.get_absolute_url(),
            only=_only(grant.connection, opened[grant.connection_id]),
            shadow=grant.connection_id not in live,
            tells=grant.capability in telling(),
        )
        for grant in grants
    ]
    offered = {
        one.title if one.brand else _lower(one.title): one.capabilities for one in connectors().values()
    }
    most = agent.most_at_once
    at_once = (
        f"At most {plural(most, 'task')} of it {'is' if most == 1 else 'are'} under way at once. "
        if most
        else ""
    )
    per_task = (
        f"One task takes at most {agent.max_steps:,} steps, {money(agent.max_cost_micros)} and "
        f"{duration(agent.max_seconds)}. It may ask people {plural(agent.max_asks, 'time')}. {at_once}{PROMISE}"
    )
    return build(facts, holdings, offered, per_task=per_task)
