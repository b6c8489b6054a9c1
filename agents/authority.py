"""Says whether an agent may work for a person right now. Always read from the database, never remembered.

Calls, model calls, the queue and the sweep ask here, and so does whatever queues tasks by itself: what was true when
something was queued, or asked for, counts for nothing later.
"""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from agents.connections.models import ConnectionPersonRight, ConnectionTeamRight
from agents.permissions import AgentPermission, ConnectionPermission
from agents.registry.models import AgentPersonShare, AgentTeamShare
from portal.people.models import Person
from portal.permissions import codename

LEFT, UNSHARED = "left", "unshared"


def operating(person: str, agent: str) -> Q:
    """For a query of rows that name a person and an agent in these fields: the person may operate the agent."""
    own, shared = _rights(OuterRef(person), OuterRef(agent))
    return Q(Exists(own)) | Q(Exists(shared))


def managing(person: str, agent: str) -> Q:
    """As ``operating``: the person may manage the agent."""
    own, shared = _rights(OuterRef(person), OuterRef(agent), AgentPermission.MANAGE)
    return Q(Exists(own)) | Q(Exists(shared))


def approving(person: str, connection: str) -> Q:
    """As ``operating``, for a connection: the person may be the second who agrees there."""
    right = {
        "permission__codename": codename(ConnectionPermission.APPROVE),
        "content_object": OuterRef(connection),
    }
    who = OuterRef(person)
    own = ConnectionPersonRight.objects.filter(user=who, user__is_active=True, **right)
    shared = ConnectionTeamRight.objects.filter(group__user=who, group__user__is_active=True, **right)
    return Q(Exists(own)) | Q(Exists(shared))


def barred(person: int, agent: int) -> str:
    """Why the agent does nothing for this person: ``LEFT``, ``UNSHARED``, or empty where it may."""
    if any(rows.exists() for rows in _rights(person, agent)):
        return ""
    return UNSHARED if Person.objects.active().filter(pk=person).exists() else LEFT


def _rights(
    person: Any, agent: Any, permission: AgentPermission = AgentPermission.OPERATE
) -> tuple[QuerySet[AgentPersonShare], QuerySet[AgentTeamShare]]:
    """The shares by which an active person has this right on the agent: their own, and those of their teams."""
    right = {"permission__codename": codename(permission), "content_object": agent}
    own = AgentPersonShare.objects.filter(user=person, user__is_active=True, **right)
    shared = AgentTeamShare.objects.filter(group__user=person, group__user__is_active=True, **right)
    return own, shared
