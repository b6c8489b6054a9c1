"""One use of a capability, from the model's wish to its end: decided, asked, done or refused."""

from collections.abc import Mapping
from typing import Any

from agents.approvals.models import Approval
from agents.gate.deciding import decide_anew, decide_new
from agents.gate.locking import is_unchanged, lock_call
from agents.gate.performing import close_call, failed, perform, reconcile
from agents.gate.shadow_observer import observe_first
from agents.queue.keys import digest, effect_key
from agents.queue.models import Call, Step, Task
from portal.audit.record import Acting
from portal.reasons import Stored, because


class OtherPayload(Exception):
    """Another call was made under this key before: nothing is done, and the other one is not told of as this one."""


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
    patient: bool = False,
) -> Call:
    """Decide on one use of a capability and, where it is allowed, do it. Returns the call's row.

    (step, position) names the call: the same one again goes on from where its row stands, and decides nothing twice.
    ``connection`` is None where the model named a tool that no live grant offers. Raises Lost where the task is
    another worker's by now, OtherPayload where that position holds a call with other arguments; where the caller is
    ``patient``, Unavailable when its system is away and has to be asked whether the call happened.
    """
    row = Call.objects.filter(step=step, position=position).first()
    payload = digest(capability, connection, arguments)
    if row is None:
        row = decide_new(
            Call(
                task=task,
                step=step,
                position=position,
                tool_call_id=tool_call_id[:200],
                tool_name=tool_name[:120],
                capability=capability[:80],
                connection_id=connection,
                arguments=dict(arguments),
                digest=payload,
                key=effect_key(step, position, payload),
            )
        )
        return _acted(row)
    if row.digest != payload:
        raise OtherPayload(f"{row} has other arguments")
    row.task = task  # as this worker knows it: facts() compares it with what is true now
    match row.state:
        case Call.State.ASKED:
            return _answered(row)
        case Call.State.LATER:
            return _again(row)
        case Call.State.STARTED:
            return _interrupted(row, task, patient=patient)
    return row


def give_up(row: Call) -> Call:
    """A call that was to be tried again is not: now the model is told."""
    return failed(Acting(row.task.agent), row, row.summary, ending=row.ending)


def _interrupted(row: Call, task: Task, *, patient: bool) -> Call:
    """A call whose worker died between *started* and *done*, or is at it still: then this waits for it."""
    with lock_call(row):
        row.refresh_from_db()
        row.task = task
        return (reconcile(row, patient=patient) or _again(row)) if row.state == Call.State.STARTED else row


def _answered(row: Call) -> Call:
    """A parked call whose ask may have an answer. Facts are read anew: a yes does not outlive its grant."""
    ask = Approval.objects.filter(call=row).first()
    if ask is None or ask.state == Approval.State.OPEN:
        return row
    if ask.state != Approval.State.APPROVED:
        return close_call(row, Call.State.REFUSED, ending=_no(ask))
    return _again(row)


def _no(ask: Approval) -> Stored:
    """Why not, for the model and for the task's person."""
    match ask.state:
        case Approval.State.REFUSED:
            return because("ask_refused", who=str(ask.answered_by), note=ask.note)
        case Approval.State.CANCELLED:
            return because("ask_closed", why=ask.why_dead or because("call_not_waited_for"))
    return because("ask_expired")


def _again(row: Call) -> Call:
    return _acted(decide_anew(row))


def _acted(row: Call) -> Call:
    """What was allowed is done, if that stands; of what is only written down it is noted how things stand."""
    if row.state == Call.State.WOULD:
        return observe_first(row)
    if row.state != Call.State.STARTED:
        return row
    with lock_call(row):
        if is_unchanged(row):
            return perform(row)
        row.refresh_from_db()
        return row
