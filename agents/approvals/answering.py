"""Says whether an ask can still be answered, by whom, and how wide a yes may be. Read under the lock and for pages."""

from typing import Any

from agents.approvals.models import Approval, binding
from agents.authority import barred
from agents.connections.models import Connection
from agents.connectors import catalogue
from agents.grants.models import Grant
from agents.permissions import TaskPermission
from agents.policy.declarations import Effect
from agents.policy.rules import BARRED
from agents.queue.models import Call, Task
from agents.reasons import of_rules
from agents.registry.models import Agent
from agents.stops.models import Stop
from portal.reasons import Stored, because

ON_PAGE = "page"  # the way by which an answer came; else the kind of the connector by which it did
# What is asked each time, whatever was agreed to before: a yes to calls like it would promise too much.
EACH_TIME = {"destructive", "second_person", "outside_envelope", "content_leads", "content_split"}


def why_obsolete(approval: Approval) -> Stored:
    """Why an answer would count for nothing now; empty when all it is bound to is as it was.

    Read from the database now, never from an object that was loaded before.
    """
    call = Call.objects.defer("result").get(pk=approval.call_id)
    task = Task.objects.select_related("agent__owner").get(pk=call.task_id)
    grant = Grant.objects.filter(pk=call.grant_id or 0).first()
    place = Connection.objects.filter(pk=call.connection_id or 0).first()
    if task.ended or task.cancel_requested_at:
        return because("task_ended")
    if grant is None or place is None or call.state != Call.State.ASKED:
        return because("call_not_waited_for")
    if not grant.live:
        return because("ask_grant_ended", state=grant.state)
    if grant.uses_left is not None and grant.uses_left < 1:
        return because("ask_uses_spent")
    if binding(call, grant) != approval.digest:
        return because("ask_changed")
    if place.state != Connection.State.ACTIVE:
        return because("ask_place_removed", name=str(place))
    if whose := Connection.objects.whose(place.pk, task.person_id):
        return because("ask_place_anothers", name=str(place), whose=str(whose))
    return _why_blocked(call, task)


def still_authorised(approval: Approval) -> bool:
    """May the person who said yes still say it? Checked when the yes is used: they may have left since."""
    who = approval.answered_by
    return who is not None and approval.permits(who, TaskPermission.ANSWER)


def _why_blocked(call: Call, task: Task) -> Stored:
    """Why the agent may do nothing at all now; empty where it may."""
    if why := barred(task.person_id, task.agent_id):
        return of_rules(BARRED[why])
    stops = Stop.objects.against(
        connection=call.connection_id or 0, capability=call.capability, agent=task.agent_id, task=task.pk
    )
    if stop := stops.for_reading().first():
        fact = stop.fact()
        return because("ask_stopped", scope=fact.scope, who=fact.who, why=stop.reason)
    if task.agent.state != Agent.State.ACTIVE:
        state = task.agent.get_state_display().lower()
        return because("ask_agent_not_active", name=str(task.agent), state=state)
    return {} if task.agent.owner.is_active else because("ask_owner_left")


def widenable(approval: Approval) -> bool:
    """May the yes be to this and calls like it in the task?"""
    declared = catalogue().get(approval.call.capability)
    if declared is None or declared.effect is Effect.DESTRUCTIVE or approval.second_person:
        return False
    asked_for = {reason["code"] for reason in approval.call.reasons}
    return bool(approval.origins) and not (asked_for & EACH_TIME) and not leading(approval.origins)


def leading(origins: list[dict[str, Any]]) -> bool:
    """Does anything in it lead somewhere that the person did not write?"""
    return any(
        piece.get("from") == "leads"
        for argument in origins
        for value in argument.get("values", ())
        for piece in [value, *value.get("pieces", ())]
    )
