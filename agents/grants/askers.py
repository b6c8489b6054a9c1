"""Says who may still ask for what a request asks for. Checked when it is decided, not when it was made."""

from typing import Any

from django.db.models import Q, QuerySet

from agents.authority import approving, managing, operating
from portal.people.models import Person
from portal.reasons import Stored, because


def may_ask() -> Q:
    """Of requests: who asked manages the agent now; or proposed it in an ask, and still answers such asks."""
    answers = operating("requested_by_id", "agent_id") | approving("requested_by_id", "connection_id")
    return managing("requested_by_id", "agent_id") | (Q(proposed_in__isnull=False) & answers)


def unfounded(requests: QuerySet[Any]) -> QuerySet[Any]:
    """Those of these requests whose asker may not ask for it any more."""
    founded = requests.filter(may_ask()).values("pk")
    return requests.exclude(pk__in=founded).select_related("requested_by", "agent").order_by("pk")


def lost(person: Person, agent: object) -> Stored:
    """Why the person's request for the agent cannot be decided."""
    if not person.is_active:
        return because("asker_left", who=str(person))
    return because("asker_lost", who=str(person), agent=str(agent))
