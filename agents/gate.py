"""The enforcement point. Every use of a capability goes through here, and only here are connectors called.

Facts are loaded, ``policy.decide`` speaks, the call's row, its entry and its effect tell the same story. Before an
effect the row says *started* with its idempotency key; after it, *done*. A call found *started* was interrupted: its
connector is asked whether it happened, and where it cannot tell, the call is *unknown* and is never repeated.
"""

import hashlib
import json
import logging
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, F, Q
from django.utils import timezone

from agents.approvals import actions as approvals
from agents.approvals.models import Approval
from agents.connections.models import Connection
from agents.connections.vault import VaultError
from agents.connectors import catalogue
from agents.connectors.base import ConnectorError, Errand, Result
from agents.events import Event
from agents.grants.models import Grant
from agents.policy.decide import decide
from agents.policy.facts import Decision, Effect, Facts, Reason, Request, Verdict
from agents.queue.actions import Lost
from agents.queue.models import Call, Step, Task
from agents.registry.models import Agent
from agents.stops.models import Stop
from agents.storable import storable
from portal.audit.record import PORTAL, action, detail

log = logging.getLogger(__name__)

# The bytes of a result that a model gets to see, and that are kept.
LARGEST_RESULT = 100_000


def call(
    task: Task,
    step: Step,
    position: int,
    *,
    tool_call_id: str,
    tool_name: str,
    capability: str,
    connection: int | None,
    arguments: Mapping[str, Any],
) -> Call:
    """Decide on one use of a capability and, where it is allowed, do it. Returns the call's row.

    (step, position) names the call: the same one again goes on from where its row stands, and decides nothing twice.
    ``connection`` is None where the model named a tool that no live grant offers. Raises Lost where the task is
    another worker's by now.
    """
    row = Call.objects.filter(step=step, position=position).first()
    if row is None:
        row = _decided(
            Call(
                task=task,
                step=step,
                position=position,
                tool_call_id=tool_call_id[:200],
                tool_name=tool_name[:120],
                capability=capability[:80],
                connection_id=connection,
                arguments=dict(arguments),
                digest=digest(capability, connection, arguments),
            )
        )
        if row.state == Call.State.STARTED:
            return _perform(row)
        return row
    row.task = task  # as this worker knows it: facts() compares it with what is true now
    if row.state == Call.State.ASKED:
        return _answered(row)
    if row.state == Call.State.STARTED:
        return _reconciled(row)
    return row


def digest(capability: str, connection: int | None, arguments: Mapping[str, Any]) -> str:
    """Equal for calls that are the same: what the no-progress limit counts."""
    return hashlib.sha256(
        json.dumps([capability, connection, arguments], sort_keys=True).encode()
    ).hexdigest()


def facts(task: Task, capability: str, connection: int | None) -> Facts:
    """All that the rules look at, read from the database now: never from an object that was loaded before."""
    place = connection or 0  # no connection has this number
    now = Task.objects.select_related("agent", "agent__owner").get(pk=task.pk)
    if now.worker != task.worker:
        raise Lost(f"{task} is no longer this worker's")
    grants = Grant.objects.filter(agent_id=now.agent_id, capability=capability, connection_id=place).exclude(
        state__in=[Grant.State.REQUESTED, Grant.State.DENIED, Grant.State.WITHDRAWN]
    )
    # Live grants are looked at first; ended ones only explain a refusal.
    live = Q(state=Grant.State.ACTIVE, ends_at__gt=timezone.now())
    ordered = grants.order_by(ExpressionWrapper(live, BooleanField()).desc(), "id")
    state = Connection.objects.filter(pk=place).values_list("state", flat=True).first()
    return Facts(
        now=timezone.now(),
        agent_state=now.agent.state,
        owner_active=now.agent.owner.is_active,
        task_state="stopped" if now.cancel_requested_at else now.state,
        shadow=now.agent.mode == Agent.Mode.SHADOW,
        connection_active=state in (None, Connection.State.ACTIVE),
        stops=tuple(
            stop.fact()
            for stop in Stop.objects.against(connection=place, capability=capability).select_related(
                "set_by", "connection"
            )
        ),
        grants=tuple(grant.fact() for grant in ordered),
    )


def _request(row: Call) -> Request:
    declared = catalogue().get(row.capability) if row.connection_id else None
    return Request(row.capability, row.connection_id or 0, row.arguments, declared)


def _decided(row: Call) -> Call:
    """Decide on a new call; its row, the grant's use and the entry are written together."""
    with transaction.atomic():
        decision = _decide_and_use(row)
        return RECORD[_word(decision)](str(row.task.agent), row, decision=decision)


def _decide_and_use(row: Call, ask: Approval | None = None) -> Decision:
    """Decide, and take one use of the grant in the same transaction. ``ask``: one that a person said yes to.

    The use is a conditional update: a grant that ended, was revoked or spent since the facts were read gives none,
    and then the rules are asked again with what is true now.
    """
    for _ in range(3):
        decision = decide(_request(row), facts(row.task, row.capability, row.connection_id))
        if decision.verdict is Verdict.ASK and ask is not None:
            decision = _agreed(row, ask, decision)
        if decision.verdict is not Verdict.ALLOW or decision.would:
            return decision
        if decision.grant and _use(decision.grant):
            return decision
    return Decision(Verdict.DENY, (Reason("grant_changed", "The grant changed while it was being used."),))


def _agreed(row: Call, ask: Approval, decision: Decision) -> Decision:
    """A yes counts once, and only for exactly what was asked: same grant, same version, same arguments."""
    assert decision.grant is not None
    spent = ask.used_at is not None and row.state == Call.State.ASKED
    if spent or ask.digest != approvals.binding(row, Grant.objects.get(pk=decision.grant)):
        changed = Reason("ask_outdated", "What was agreed to has changed since. It must be asked again.")
        return Decision(Verdict.DENY, (changed,))
    agreed = Reason("approved", f"{ask.answered_by} allowed this one call.")
    return Decision(Verdict.ALLOW, (agreed,), decision.grant, decision.would)


def _use(grant: int) -> bool:
    now = timezone.now()
    unspent = Q(max_uses__isnull=True) | Q(used__lt=F("max_uses"))
    return bool(
        Grant.objects.live(now).filter(unspent, pk=grant).update(used=F("used") + 1, last_used_at=now)
    )


def _word(decision: Decision) -> str:
    return "would" if decision.would and decision.verdict is not Verdict.DENY else decision.verdict.value


def _store(actor: str, row: Call, *, decision: Decision) -> Call:
    row.verdict = decision.verdict.value
    row.reasons = [{"code": reason.code, "text": reason.text} for reason in decision.reasons]
    row.grant_id = decision.grant
    row.state = STATE[_word(decision)]
    if row.state == Call.State.STARTED:
        row.started_at = timezone.now()
    row.save()
    if row.state == Call.State.ASKED:
        assert row.grant is not None
        approvals.open_ask(row, row.grant)
    detail(
        task=row.task_id,
        for_person=row.task.person_id,
        grant=row.grant_id,
        arguments=row.digest,
        reasons=[reason.code for reason in decision.reasons],
    )
    return row


STATE = {
    "allow": Call.State.STARTED,
    "ask": Call.State.ASKED,
    "deny": Call.State.DENIED,
    "would": Call.State.WOULD,
}
RECORD = {
    "allow": action(Event.CALL_ALLOWED)(_store),
    "ask": action(Event.CALL_ASKED)(_store),
    "deny": action(Event.CALL_DENIED)(_store),
    "would": action(Event.CALL_WOULD)(_store),
}


def _answered(row: Call) -> Call:
    """A parked call whose ask may have an answer. Facts are read anew: a yes does not outlive its grant."""
    ask = Approval.objects.filter(call=row).first()
    if ask is None or ask.state == Approval.State.OPEN:
        return row
    if ask.state != Approval.State.APPROVED:
        said = f"{ask.answered_by} said no" if ask.answered_by else "Nobody answered in time, which means no"
        return _closed(row, Call.State.REFUSED, f"{said}{f': {ask.note}' if ask.note else '.'}")
    return _decided_anew(row)


def _decided_anew(row: Call) -> Call:
    """Decide once more on a call that waited or was interrupted before it happened: much may be otherwise now."""
    with transaction.atomic():
        if not Call.objects.select_for_update().filter(pk=row.pk, state=row.state).exists():
            row.refresh_from_db()
            return row
        if row.state == Call.State.STARTED and row.grant_id:  # the use that it took is given back first
            Grant.objects.filter(pk=row.grant_id, used__gt=0).update(used=F("used") - 1)
        ask = Approval.objects.filter(call=row, state=Approval.State.APPROVED).first()
        decision = _decide_and_use(row, ask)
        if ask is not None and decision.verdict is Verdict.ALLOW:
            Approval.objects.filter(pk=ask.pk).update(used_at=timezone.now())
        row = RECORD[_word(decision)](str(row.task.agent), row, decision=decision)
    return _perform(row) if row.state == Call.State.STARTED else row


def _errand(row: Call) -> Errand:
    task = row.task
    return Errand(
        row.capability, row.arguments, str(row.key), task.agent_id, str(task.agent), task.pk, task.person_id
    )


def _perform(row: Call) -> Call:
    """Do what was allowed, outside of any transaction. The row said *started* before, and says how it went after."""
    assert row.connection is not None
    try:
        result = row.connection.connector.perform(row.connection.site(), _errand(row))
    except (ConnectorError, VaultError) as error:
        return _closed(row, Call.State.FAILED, str(error))
    except Exception:
        log.exception("%s broke in the middle", row)
        return _unclear(row)
    return _done(row, result)


def _reconciled(row: Call) -> Call:
    """A call whose worker died between *started* and *done*."""
    assert row.connection is not None
    declared = catalogue().get(row.capability)
    try:
        result = row.connection.connector.reconcile(row.connection.site(), _errand(row))
    except (ConnectorError, VaultError):
        result = None
        if declared is None or declared.effect is not Effect.READ:
            return _unclear(row)
    except Exception:
        log.exception("%s could not be reconciled", row)
        return _unclear(row)
    return _done(row, result) if result is not None else _decided_anew(row)


def _done(row: Call, result: Result) -> Call:
    data = storable(result.data)
    text = json.dumps(data)
    row.result = data if len(text) <= LARGEST_RESULT else {"shortened": True, "text": text[:LARGEST_RESULT]}
    row.counts = dict(result.counts)
    return _closed(row, Call.State.DONE, result.summary)


def _closed(row: Call, state: Call.State, summary: str) -> Call:
    row.state, row.summary, row.finished_at = state, storable(summary)[:300], timezone.now()
    row.save(update_fields=["state", "summary", "finished_at", "result", "counts"])
    return row


def _unclear(row: Call) -> Call:
    return _unknown(PORTAL, row)


@action(Event.CALL_UNKNOWN)
def _unknown(actor: str, row: Call) -> Call:
    detail(task=row.task_id)
    return _closed(
        row,
        Call.State.UNKNOWN,
        "It was interrupted, and whether it happened is unknown. It is not tried again.",
    )
