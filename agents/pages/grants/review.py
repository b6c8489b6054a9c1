"""Reviews grants: the live ones on a connection or of an agent, and those worth renewing."""

from django.db.models import Count
from django.utils import timezone

from agents.connections.models import Connection
from agents.grants.models import Grant, GrantQuerySet
from agents.grants.words import USED_WITHIN
from agents.registry.models import Agent


def live_on(connection: Connection) -> GrantQuerySet:
    """What holds on the connection this moment, by capability, those that end first first."""
    rows: GrantQuerySet = connection.grants.live()
    return rows.select_related("agent__owner", "connection").order_by("capability", "ends_at", "id")


def live_of(agent: Agent) -> GrantQuerySet:
    rows: GrantQuerySet = agent.grants.live()
    return rows.select_related("agent__owner", "connection").order_by("connection__name", "capability", "id")


def counts(grants: GrantQuerySet) -> dict[str, int]:
    """How many there are of each capability."""
    return dict(grants.order_by("capability").values_list("capability").annotate(Count("pk")))


def renewal(agent: Agent, connection: Connection) -> tuple[list[Grant], list[Grant]]:
    """The last grant of each capability: those used lately, and the others, which are left out.

    Live, suspended, or ended within the last 30 days; revoked ones are not renewed.
    """
    since = timezone.now() - USED_WITHIN
    rows = agent.grants.filter(connection=connection, decided_at__isnull=False).order_by("id")
    rows = rows.exclude(state=Grant.State.DENIED).select_related("agent", "connection")
    last = {grant.capability: grant for grant in rows}
    held = [grant for grant in last.values() if grant.renewable and grant.ends_at > since]
    used = [grant for grant in held if grant.declared and grant.last_used_at and grant.last_used_at > since]
    return used, [grant for grant in held if grant not in used]
