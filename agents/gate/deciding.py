"""The decision on one call: its row, the grant's use, the ask and the entry are written together, or none of them."""

import logging
from datetime import datetime
from typing import Any, NamedTuple

from django.db import DatabaseError, transaction
from django.db.models import F, Q
from django.utils import timezone

from agents.approvals import actions as approvals
from agents.approvals.answering import still_authorised
from agents.approvals.models import Approval, binding
from agents.clearances import live
from agents.connectors import catalogue
from agents.events import Event
from agents.gate import room
from agents.gate.facts import facts
from agents.grants import daily
from agents.grants.models import Grant
from agents.policy.decide import decide
from agents.policy.evaluation import Evaluation
from agents.policy.explain import explain
from agents.policy.facts import Decision, Reason, Request, Verdict
from agents.policy.sheet import sheet
from agents.queue.models import Call
from agents.queue.moves import Lost, fenced
from agents.reasons import of_rules
from agents.stops.holding import call_closed, while_deciding
from agents.storable import storable
from portal.audit.record import Acting, action, also, detail
from portal.reasons import Stored, public

log = logging.getLogger(__name__)


class Shown(NamedTuple):
    """What an ask keeps for its page: where each argument comes from, and what else the text names that it follows."""

    origins: list[dict[str, Any]]
    sheet: dict[str, Any]


NOTHING = Shown([], {})


def request_of(row: Call) -> Request:
    declared = catalogue().get(row.capability) if row.connection_id else None
    return Request(row.capability, row.connection_id or 0, row.arguments, declared)


def decide_new(row: Call) -> Call:
    """Decide on a new call; its row, the grant's use and the entry are written together."""
    with transaction.atomic():
        while_deciding()
        most = room.one_by_one(row)
        try:
            return _record(row, *_decide_and_use(row, most))
        except room.NoRoom as full:
            return _wait(row, full)


def _record(row: Call, decision: Decision, shown: Shown) -> Call:
    made = RECORD[_word(decision)](Acting(row.task.agent), row, decision=decision, shown=shown)
    fenced(row.task)
    return made


def _wait(row: Call, full: room.NoRoom) -> Call:
    """Nothing was used: it is decided on anew when there is room."""
    made = _put_off(Acting(row.task.agent), row, reason=full.reason)
    fenced(row.task)
    return made


@action(Event.CALL_PUT_OFF)
def _put_off(actor: str, row: Call, *, reason: Stored) -> Call:
    row.verdict, row.reasons, row.grant_id = Verdict.ALLOW.value, [], None
    row.state, row.ending = Call.State.LATER, storable(reason)
    row.save()
    detail(**row.named, task=row.task_id, why=public(reason))
    return row


def _decide_and_use(row: Call, most: int | None, ask: Approval | None = None) -> tuple[Decision, Shown]:
    """Decide, and take one use of the grant in the same transaction. ``ask``: one that a person said yes to.

    With an ask come the origins of its arguments. Raises NoRoom where ``most`` calls on its connection are under way.

    The use is a conditional update: a grant that ended, was revoked or spent since the facts were read gives none,
    and then the rules are asked again with what is true now. So it is with a clearance.
    """
    for _ in range(3):
        decision, shown = _looked_at(row)
        if decision.verdict is Verdict.ASK and ask is not None:
            decision = _agreed(row, ask, decision)
        if decision.verdict is not Verdict.ALLOW or decision.would:
            return decision, shown
        room.take(row, most)
        now = timezone.now()
        if decision.grant and _use_both(row, decision.grant, decision.clearance, now):
            row.started_at = now  # a moment at which its grant was live, however long the rest takes
            return decision, shown
    changed = Reason("grant_changed")
    return Decision(Verdict.DENY, (changed,)), NOTHING


def _looked_at(row: Call) -> tuple[Decision, Shown]:
    """Facts and what the rules say to them. What cannot be read means no; a lost database is nobody's decision."""
    try:
        evaluation = Evaluation(request_of(row), facts(row))
        decision = decide(evaluation)
        if decision.verdict is not Verdict.ASK:
            return decision, NOTHING
        grant = next(grant for grant in evaluation.facts.grants if grant.id == decision.grant)
        also_named = {} if decision.second_person else sheet(evaluation, grant)
        return decision, Shown(explain(evaluation, grant), also_named)
    except (Lost, DatabaseError):
        raise
    except Exception:
        log.exception("The facts of %s cannot be read", row)
        unread = Reason("facts_unreadable")
        return Decision(Verdict.DENY, (unread,)), NOTHING


def _agreed(row: Call, ask: Approval, decision: Decision) -> Decision:
    """A yes counts once, and only for exactly what was asked: same grant, same version, same arguments."""
    assert decision.grant is not None
    spent = ask.used_at is not None and row.state == Call.State.ASKED
    if spent or ask.digest != binding(row, Grant.objects.get(pk=decision.grant)):
        changed = Reason("ask_outdated")
        return Decision(Verdict.DENY, (changed,))
    if not still_authorised(ask):
        left = Reason("answerer_barred", {"who": str(ask.answered_by)})
        return Decision(Verdict.DENY, (left,))
    agreed = Reason("approved", {"who": str(ask.answered_by)})
    return Decision(Verdict.ALLOW, (agreed,), decision.grant, decision.would)


def _use_both(row: Call, grant: int, clearance: int | None, now: datetime) -> bool:
    """One use of the clearance, where one allows it, and one of the grant; or none of either."""
    if clearance is None:
        return _use(row, grant, now)
    if not live.take(clearance, row, now):
        return False
    used = _use(row, grant, now)
    if not used:
        live.give_back(clearance, row)
    return used


def _use(row: Call, grant: int, now: datetime) -> bool:
    unspent = Q(max_uses__isnull=True) | Q(used__lt=F("max_uses"))
    usable = Grant.objects.live(now).filter(unspent, pk=grant)
    if not usable.update(used=F("used") + 1, last_used_at=now):
        return False
    taken = Grant.objects.get(pk=grant)  # nobody else takes one of it before this transaction ends
    most = daily.most(taken.declared, taken.limits)
    if most is None or taken.fact(row.pk).used_today < most:
        return True
    Grant.objects.filter(pk=grant).update(used=F("used") - 1)
    return False


def _word(decision: Decision) -> str:
    return "would" if decision.would and decision.verdict is not Verdict.DENY else decision.verdict.value


def _store(actor: str, row: Call, *, decision: Decision, shown: Shown) -> Call:
    row.verdict = decision.verdict.value
    row.reasons = storable([of_rules(reason) for reason in decision.reasons])
    row.grant_id = decision.grant
    row.state, row.ending = STATE[_word(decision)], {}
    row.save()
    if decision.clearance is not None:
        live.note(decision.clearance, row)
    if row.state == Call.State.ASKED:
        assert row.grant is not None
        second = decision.second_person
        approvals.open_ask(row, row.grant, second_person=second, origins=shown.origins, sheet=shown.sheet)
    place = row.connection
    if (
        row.state == Call.State.STARTED
        and place is not None
        and place.person_id not in (None, row.task.person_id)
    ):
        # Its person is told: on the trail here, on their start page and the connection's by the call's row.
        also(Event.CONNECTION_USED, place, capability=row.capability, for_person=str(row.task.person))
    if row.state == Call.State.STARTED and place is not None and (whose := place.acts_as):
        detail(acted_as=whose)
    detail(
        **row.named,
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


def decide_anew(row: Call) -> Call:
    """Decide once more on a call that waited or was interrupted before it happened: much may be otherwise now."""
    with transaction.atomic():
        while_deciding()
        most = room.one_by_one(row)
        if not Call.objects.select_for_update().filter(pk=row.pk, state=row.state).exists():
            row.refresh_from_db()
            return row
        if row.state == Call.State.STARTED and row.grant_id:  # the use that it took is given back first
            Grant.objects.filter(pk=row.grant_id, used__gt=0).update(used=F("used") - 1)
        ask = Approval.objects.filter(call=row, state=Approval.State.APPROVED).first()
        under_way = row.state == Call.State.STARTED
        try:
            decision, shown = _decide_and_use(row, most, ask)
        except room.NoRoom as full:
            if under_way:
                call_closed()
            return _wait(row, full)
        if decision.verdict is not Verdict.ALLOW and under_way:
            call_closed()
        if ask is not None and decision.verdict is Verdict.ALLOW:
            Approval.objects.filter(pk=ask.pk).update(used_at=timezone.now())
        return _record(row, decision, shown)
