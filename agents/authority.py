"""Says whether an agent may work for a person right now. Always read from the database, never remembered.

What was true when a task was queued, or when something was requested, counts for nothing later.
"""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from agents.connections.models import ConnectionPersonRight, ConnectionTeamRight
from agents.permissions import AgentPermission, ConnectionPermission
from agents.registry.models import AgentPersonShare, AgentTeamShare
from agents.rights import PeopleRights, TeamRights
from portal.people.models import Person
from portal.permissions import codename
from portal.prepared import Prepared

LEFT, UNSHARED = "left", "unshared"


def operating(person: str, agent: str) -> Q:
    """For a query of rows that name a person and an agent in these fields: the person may operate the agent."""
    return _may(AgentPermission.OPERATE, person, agent, AgentPersonShare, AgentTeamShare)


def managing(person: str, agent: str) -> Q:
    """As ``operating``: the person may manage the agent."""
    return _may(AgentPermission.MANAGE, person, agent, AgentPersonShare, AgentTeamShare)


def approving(person: str, connection: str) -> Q:
    """As ``operating``, for a connection: the person may be the second who agrees there."""
    return _may(ConnectionPermission.APPROVE, person, connection, ConnectionPersonRight, ConnectionTeamRight)


def may_operate(person: int, agent: int) -> Q:
    """As ``operating``, for one person and one agent."""
    own, shared = _rights(AgentPermission.OPERATE, person, agent, AgentPersonShare, AgentTeamShare)
    return Q(Exists(own)) | Q(Exists(shared))


_MAY = Prepared(
    lambda person, agent: (
        Person.objects.filter(may_operate(person, agent), pk=person).order_by().values_list("pk")
    ),
    person=int,
    agent=int,
)


def barred(person: int, agent: int) -> str:
    """Why the agent does nothing for this person: ``LEFT``, ``UNSHARED``, or empty where it may."""
    if _MAY.rows(person=person, agent=agent):
        return ""
    return UNSHARED if Person.objects.active().filter(pk=person).exists() else LEFT


def _may(permission: str, person: str, target: str, people: PeopleRights, teams: TeamRights) -> Q:
    own, shared = _rights(permission, OuterRef(person), OuterRef(target), people, teams)
    return Q(Exists(own)) | Q(Exists(shared))


def _rights(
    permission: str, person: Any, target: Any, people: PeopleRights, teams: TeamRights
) -> tuple[QuerySet[Any], QuerySet[Any]]:
    """The rows by which an active person has this right on the target: their own, and those of their teams."""
    right = {"permission__codename": codename(permission), "content_object": target}
    own = people._default_manager.filter(user=person, user__is_active=True, **right)
    shared = teams._default_manager.filter(group__user=person, group__user__is_active=True, **right)
    return own, shared
