"""Facts: all that the rules look at, read from the database now."""

from typing import Any

from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils import timezone

from agents.approvals.answering import still_authorised
from agents.approvals.models import Approval, binding
from agents.authority import barred
from agents.clearances.live import cleared
from agents.connections.models import Connection
from agents.connectors import telling
from agents.gate.provenance_cache import provenance_of
from agents.grants.models import Grant
from agents.policy.facts import Agreed, Facts
from agents.queue.models import Call, Task
from agents.queue.moves import Lost
from agents.stops.models import Stop


def facts(row: Call) -> Facts:
    """All that the rules look at, read from the database now: never from an object that was loaded before.

    Raises Lost where the task is another worker's by now.
    """
    task, capability = row.task, row.capability
    place = row.connection_id or 0  # no connection has this number
    now = Task.objects.select_related("agent", "agent__owner", "run").get(pk=task.pk)
    if now.claim != task.claim:
        raise Lost(f"{task} is no longer this worker's")
    grants = Grant.objects.filter(agent_id=now.agent_id, capability=capability, connection_id=place).exclude(
        state__in=[Grant.State.REQUESTED, Grant.State.DENIED, Grant.State.WITHDRAWN]
    )
    # Live grants are looked at first; ended ones only explain a refusal.
    live = Q(state=Grant.State.ACTIVE, ends_at__gt=timezone.now())
    ordered = grants.order_by(ExpressionWrapper(live, BooleanField()).desc(), "id")
    state = Connection.objects.filter(pk=place).values_list("state", flat=True).first()
    moment = timezone.now()
    return Facts(
        now=moment,
        agent_state=now.agent.state,
        owner_active=now.agent.owner.is_active,
        task_state="stopped" if now.cancel_requested_at else now.state,
        barred=barred(now.person_id, now.agent_id),
        anothers=str(Connection.objects.whose(place, now.person_id) or ""),
        shadow=place not in now.agent.lives_on(),
        connection_active=state in (None, Connection.State.ACTIVE),
        stops=tuple(
            stop.fact()
            for stop in Stop.objects.against(
                connection=place, capability=capability, agent=now.agent_id, task=now.pk
            ).for_reading()
        ),
        grants=tuple(grant.fact(row.pk) for grant in ordered),
        envelope=None if now.envelope is None else frozenset((name, pk) for name, pk in now.envelope),
        attended=now.attended,
        provenance=provenance_of(task),
        company_domains=frozenset(settings.COMPANY_DOMAINS),
        tells=capability in telling(),
        cleared=cleared(row, now, moment),
        **_asks(row, now),
    )


def _asks(row: Call, task: Task) -> dict[str, Any]:
    """What people were asked in this task so far: about this very call, about calls like it, and how often."""
    asks = list(
        Approval.objects.filter(call__task=task).order_by("id").select_related("call__grant", "answered_by")
        .defer("origins", "call__result")
    )  # fmt: skip
    others = [ask for ask in asks if ask.call_id != row.pk]
    same = [ask.state for ask in others if ask.call.digest == row.digest]
    wide = [ask for ask in others if (ask.scope, ask.state) == (Approval.Scope.TASK, Approval.State.APPROVED)]
    return {
        "answered": same[-1] if same else "",
        "asks_left": None if row.pk else task.max_asks - len(asks),
        "agreed": tuple(agreed for ask in wide if (agreed := _agreed(ask))),
    }


def _agreed(ask: Approval) -> Agreed | None:
    """A yes to calls like one: while what it was bound to is unchanged, and who gave it may still give it."""
    call = ask.call
    if call.grant is None or binding(call, call.grant) != ask.digest or not still_authorised(ask):
        return None
    return Agreed(
        call.capability, call.grant.connection_id, call.grant.pk, call.grant.version, call.arguments
    )
