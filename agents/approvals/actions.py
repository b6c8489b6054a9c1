"""Asks and their answers. The first answer counts. An ask is cancelled when anything it is bound to changes."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from agents.approvals import standing_limit
from agents.approvals.answering import ON_PAGE, why_obsolete, widenable
from agents.approvals.models import Approval, ApprovalQuerySet, binding
from agents.approvals.telling import tell_waits
from agents.approvals.unclear import Unclear
from agents.approvals.waiting import go_on, locked
from agents.events import Event
from agents.grants import actions as grants
from agents.grants.models import Grant, GrantRequest
from agents.permissions import TaskPermission
from agents.queue.models import Call, Task
from agents.storable import storable
from portal.audit.record import PORTAL, action, detail
from portal.notices.telling import settle
from portal.people.models import Person
from portal.reasons import Stored, because, public, render_reason

OPEN_FOR = timedelta(hours=24)


def open_ask(
    call: Call,
    grant: Grant,
    *,
    second_person: bool = False,
    origins: Sequence[Mapping[str, Any]] = (),
    sheet: Mapping[str, Any] | None = None,
) -> Approval:
    """The ask of a call that was just decided (inside the gate's transaction; its entry is the decision's).

    A grant that is being ended this moment is waited for: then the ask is cancelled from the beginning.
    """
    now = timezone.now()
    held = Grant.objects.live(now).filter(pk=grant.pk, version=grant.version).select_for_update(no_key=True)
    cancelled = {} if held else {"state": Approval.State.CANCELLED, "why_dead": because("ask_grant_changed")}
    made = Approval.objects.create(
        call=call,
        digest=binding(call, grant),
        expires_at=min(now + OPEN_FOR, grant.ends_at),  # no yes outlives its grant
        second_person=second_person,
        origins=list(origins),
        sheet=storable(dict(sheet or {})),
        **cancelled,
    )
    if not cancelled:
        tell_waits(made)
    return made


def ask_whether(call: Call, shown: Stored, *, second_person: bool) -> Unclear:
    """Ask whether a call happened that was just closed as unknown, in the transaction that closed it.

    Where it needed a second person, one answers here too: to do it again is no less.
    """
    second = second_person or Approval.objects.filter(call=call, second_person=True).exists()
    until = timezone.now() + OPEN_FOR
    made = Unclear.objects.create(call=call, second_person=second, expires_at=until, shown=storable(shown))
    tell_waits(made)
    return made


class Obsolete(Exception):
    """Something that the ask is bound to has ended or changed, and the ask is still open."""

    def __init__(self, why: Stored) -> None:
        super().__init__(render_reason(why))
        self.why = why


def answer(
    actor: Person,
    approval: Approval,
    *,
    yes: bool,
    note: str = "",
    scope: Approval.Scope = Approval.Scope.ONCE,
    way: str = ON_PAGE,
    ticked: Sequence[str] = (),
) -> Approval:
    """Say yes or no. ``ticked``: what of the ask's sheet is the answerer's own in this task, with a yes.

    Raises ValidationError when it is answered, overdue, no longer needed, or another's to answer.
    """
    try:
        if yes:
            return approve(actor, approval, note=note, scope=scope, way=way, ticked=ticked)
        return refuse(actor, approval, note=note, way=way)
    except Obsolete as error:
        cancel_asks(Approval.objects.filter(pk=approval.pk), why=error.why)
        approval.refresh_from_db()
        raise ValidationError(_why_closed(approval)) from error


@action(Event.APPROVAL_APPROVED)
def approve(
    actor: Person,
    approval: Approval,
    *,
    note: str = "",
    scope: Approval.Scope = Approval.Scope.ONCE,
    way: str = ON_PAGE,
    ticked: Sequence[str] = (),
) -> Approval:
    """``scope``: this one call, or in this task also those that differ from it in their words only."""
    detail(scope=scope, way=way, ticked=len(ticked))
    return _answer(actor, approval, Approval.State.APPROVED, note, scope, ticked)


@action(Event.APPROVAL_REFUSED)
def refuse(actor: Person, approval: Approval, *, note: str = "", way: str = ON_PAGE) -> Approval:
    detail(way=way)
    return _answer(actor, approval, Approval.State.REFUSED, note, Approval.Scope.ONCE)


def propose(
    actor: Person, approval: Approval, *, ends_at: datetime, words: bool, why: str = ""
) -> GrantRequest:
    """Request a standing limit: what this call does, to whom it does it, until a date. It answers nothing.

    An admin of the connection decides, as on every request. Raises ValidationError.
    """
    with transaction.atomic():
        _lock(approval)
        approval.refresh_from_db()
        _refuse_others(actor, approval)
        if approval.proposed_id:
            raise ValidationError("Somebody has already proposed a standing limit.")
        call, proposable = approval.call, approval.state in (Approval.State.OPEN, Approval.State.APPROVED)
        if not proposable or call.connection is None or call.grant is None:
            raise ValidationError(
                "You can propose a standing limit only while the ask is open or after a yes."
            )
        asked = grants.request(
            actor,
            agent=call.task.agent,
            connection=call.connection,
            wanted={call.capability: standing_limit.terms(call.grant, call.arguments, words=words)},
            ends_at=ends_at,
            why=(why.strip() or standing_limit.why(call))[:500],
        )
        Approval.objects.filter(pk=approval.pk).update(proposed=asked)
        return asked


@action(Event.APPROVAL_EXPIRED)
def expire(actor: str, approval: Approval) -> Approval:
    """Nobody answered: that means no, and the task goes on."""
    return _close(approval, Approval.State.EXPIRED)


def cancel_asks(asks: ApprovalQuerySet, *, why: Stored) -> int:
    """Cancel the open ones of these asks: what they were bound to has ended or changed. How many there were.

    Their tasks go on, and the model gets ``why`` as its answer.
    """
    with transaction.atomic():
        found = list(asks.filter(state=Approval.State.OPEN).values_list("pk", "call__task_id"))
        locked(Task.objects.filter(pk__in={task for _, task in found}))
        still = Approval.objects.filter(pk__in=[ask for ask, _ in found], state=Approval.State.OPEN)
        return len([_cancel(PORTAL, ask, why=why) for ask in still.order_by("id")])


@action(Event.APPROVAL_CANCELLED)
def _cancel(actor: str, approval: Approval, *, why: Stored) -> Approval:
    detail(task=approval.call.task_id, why=public(why))
    return _close(approval, Approval.State.CANCELLED, why_dead=why)


def _answer(
    actor: Person,
    approval: Approval,
    state: Approval.State,
    note: str,
    scope: Approval.Scope,
    ticked: Sequence[str] = (),
) -> Approval:
    now = timezone.now()
    _lock(approval)
    approval.refresh_from_db()
    if not approval.answerable:
        raise ValidationError(_why_closed(approval))
    _refuse_others(actor, approval)
    if why := why_obsolete(approval):
        raise Obsolete(why)
    if scope != Approval.Scope.ONCE and not widenable(approval):
        raise ValidationError("You can allow only this one call.")
    if not set(ticked) <= {text for _, text in approval.offered}:
        raise ValidationError("You can tick only what the ask shows.")
    sheet = approval.sheet | {"ticked": list(dict.fromkeys(ticked))} if ticked else approval.sheet
    Approval.objects.filter(pk=approval.pk).update(
        state=state, answered_by=actor, answered_at=now, note=note[:500], scope=scope, sheet=sheet
    )
    detail(**approval.call.named, task=approval.call.task_id, second_person=approval.second_person)
    return _go_on(actor, approval)


def _refuse_others(actor: Person, approval: Approval) -> None:
    if not approval.permits(actor, TaskPermission.ANSWER):
        raise ValidationError("You cannot answer this ask. Somebody else must.")


def _close(approval: Approval, state: Approval.State, **changes: Any) -> Approval:
    _lock(approval)
    if not Approval.objects.filter(pk=approval.pk, state=Approval.State.OPEN).update(state=state, **changes):
        raise ValidationError("This ask is closed already.")
    detail(**approval.call.named)
    return _go_on(PORTAL, approval)


def _lock(approval: Approval) -> Task:
    """The ask's task, locked before the ask is: in the order of all who change both."""
    return locked(Task.objects.filter(calls=approval.call_id))[0]


def _go_on(actor: Person | str, approval: Approval) -> Approval:
    settle(approval)
    approval.refresh_from_db()
    go_on(actor, _lock(approval))
    return approval


def _why_closed(approval: Approval) -> str:
    match approval.state:
        case Approval.State.APPROVED | Approval.State.REFUSED:
            word = "allowed" if approval.state == Approval.State.APPROVED else "refused"
            return f"{approval.answered_by} has {word} this already."
        case Approval.State.CANCELLED:
            return f"This ask is no longer needed. {render_reason(approval.why_dead)}".strip()
    return "This ask closed without an answer. That meant no, and the task went on."
