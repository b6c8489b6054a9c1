"""Gives and takes rights on an agent, as a part of the running verb."""

from django.contrib.auth.models import Group
from guardian.shortcuts import assign_perm, remove_perm

from agents.permissions import LEVELS, AgentPermission, Level
from agents.registry.models import Agent
from portal.people.models import Person


def give(agent: Agent, holder: Person | Group, level: Level) -> None:
    for permission in LEVELS[level]:
        assign_perm(permission, holder, agent)


def take(agent: Agent, holder: Person | Group) -> None:
    for permission in AgentPermission:
        remove_perm(permission, holder, agent)
