"""What a clearance is bound to beside its schedule and grant: the agent as it was, and nothing stopped since."""

import hashlib
import json
from datetime import datetime

from django.db.models import Max

from agents.registry.models import Agent
from agents.stops.models import Stop


def agent_state(agent: Agent) -> str:
    """A digest of all that is set on the agent, and of the yeses by which it acts for real. Times do not count."""
    fields = (
        field for field in Agent._meta.concrete_fields if field.name not in ("created_at", "changed_at")
    )
    values = [[field.attname, str(getattr(agent, field.attname))] for field in fields]
    yeses = list(agent.yeses.current().order_by("pk").values_list("pk", flat=True))
    return hashlib.sha256(json.dumps([values, yeses]).encode()).hexdigest()


def last_stopped(*, connection: int, capability: str, agent: int) -> datetime | None:
    """When anything of it was last stopped, also if it was lifted again."""
    rows = Stop.objects.concerning(connection=connection, capability=capability, agent=agent)
    found: datetime | None = rows.order_by().aggregate(last=Max("set_at"))["last"]
    return found
