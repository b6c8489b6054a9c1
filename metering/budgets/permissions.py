"""Who may set, raise and end which budget, and what a budget can be about."""

from dataclasses import dataclass
from typing import Any

from django.db import models

from metering.permissions import BudgetPermission
from metering.plugins import How, MeteringPlugin
from portal.people.models import Person
from portal.plugins import of_kind
from portal.teams.models import Membership, Team, TeamQuerySet


def _agents(person: Person, how: How) -> "models.QuerySet[Any, Any]":
    return next(plugin.agents for plugin in of_kind(MeteringPlugin) if plugin.agents)(person, how)


def agents(person: Person, how: How) -> "models.QuerySet[Any, Any]":
    """For ``agent_id__in``: the agents that the person sees, manages or owns."""
    return _agents(person, how).order_by().values("pk")


def people_of_agent(agent_id: int) -> list[Person]:
    """Who manages the agent."""
    return [
        one
        for plugin in of_kind(MeteringPlugin)
        if plugin.agent_people
        for one in plugin.agent_people(agent_id)
    ]


def led(person: Person) -> TeamQuerySet:
    rows = Membership.objects.current().filter(person=person, role=Membership.Role.LEAD)
    return Team.objects.filter(pk__in=rows.values("team_id")) if person.is_active else Team.objects.none()


@dataclass(frozen=True, slots=True)
class About:
    """What a budget counts. ``target`` is the team's or the agent's number, the cost centre, the task as its source
    names it; ``person`` is whose task it is."""

    scope: str
    target: str = ""
    name: str = ""
    team_id: int | None = None
    agent_id: int | None = None
    person_id: int | None = None

    @property
    def key(self) -> str:
        return f"{self.scope}:{self.target}"


def of_agent(agent_id: int, name: str) -> About:
    return About("agent", str(agent_id), name, agent_id=agent_id)


def of_team(team: Team) -> About:
    return About("team", str(team.pk), team.name, team_id=team.pk)


def choices(person: Person) -> list[About]:
    """Everything for which the person may set a budget, widest first, then by name. A task's is set when queueing."""
    found: list[About] = []
    if person.has_perm(BudgetPermission.KEEP_WIDE):
        centres = Team.objects.exclude(cost_centre="").order_by("cost_centre")
        found.append(About("organisation"))
        found += [
            About("cost_centre", centre, centre)
            for centre in centres.values_list("cost_centre", flat=True).distinct()
        ]
    found += [of_team(team) for team in led(person)]
    managed = _agents(person, "manage").values_list("pk", "name")
    return [*found, *(of_agent(pk, name) for pk, name in managed)]


def keeps(person: Person, about: About) -> bool:
    """May the person set, raise and end a budget for this?"""
    match about.scope:
        case "team" if about.team_id is not None:
            return led(person).filter(pk=about.team_id).exists()
        case "organisation" | "cost_centre":
            return person.has_perm(BudgetPermission.KEEP_WIDE)
        case "agent":
            return agents(person, "manage").filter(pk=about.agent_id).exists()
    return person.is_active and person.pk == about.person_id


def people_behind(about: About) -> int:
    """How many active people a group's budget counts."""
    people = Person.objects.active()
    current = models.Q(memberships__ended_at__isnull=True)
    if about.scope == "team":
        people = people.filter(current, memberships__team=about.team_id)
    elif about.scope == "cost_centre":
        people = people.filter(current, memberships__team__cost_centre=about.target)
    return int(people.distinct().count())
