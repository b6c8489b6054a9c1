"""The sentences of this app by code: why a task ended, an ask was cancelled, a grant ended, a schedule paused. Data."""

from collections.abc import Mapping

from agents.policy.facts import Reason
from agents.policy.reasons import KINDS, SAYS
from portal.reasons import Kind, Stored

MORE = "The agent's managers can raise the limit; then run it again."
LATER = "Run the task again later, or choose another model on the agent's page."

LIFTS: Mapping[str, str] = {
    "lift_task": "A stopped task does not go on. You can run it again.",
    "lift_connection": "An admin of {name} can lift this stop.",
    "lift_runaway": "Somebody who may stop {name} can lift this stop.",
    "lift_managed": "A manager of {name} can lift this stop.",
    "lift_agent": "{who} or a manager of {name} can lift this stop.",
    "lift_admin": "An admin can lift this stop.",
    "lift_admins": "{who} or another admin can lift this stop.",
}

TASKS: Mapping[str, str | tuple[str, str]] = {
    "agent_not_active": SAYS["agent_inactive"],
    "task_stopped": "{who} stopped {scope}{why:aside}. {lifts:told} Then run it again.",
    "limit_steps": f"The task has reached its limit of {{most:count step}}. {MORE}",
    "limit_tokens": f"The task has reached its limit of {{most:count token}}. {MORE}",
    "limit_cost": f"The task has reached its limit of {{most:money}}. {MORE}",
    "limit_time": f"The task has reached its limit of {{most:duration}} of work. {MORE}",
    "asked_too_often": f"{SAYS['too_many_asks']} Its open asks were closed.",
    "no_progress": "The agent made the same call {times} times and got no further. A clearer "
    "instruction may help.",
    "model_broke_off": (
        "The model stopped answering. Its reason, if it gave one, is in the last step. Run the task again later.",
        "The model stopped answering. The task's person can run it again later.",
    ),
    "model_unknown": "The model {model} is not available here. Choose another on the agent's page, or ask an admin to "
    "configure {provider}.",
    "model_refused": f"The model {{model}} refused the request ({{what}}). {LATER} An admin can check its key.",
    "model_silent": f"The model {{model}} did not answer ({{what}}, {{tries:count time}}). {LATER}",
    "model_slow": f"The model {{model}} did not answer (not within {{within:duration}}, {{tries:count time}}). {LATER}",
    "model_empty": f"The model {{model}} gave an empty answer. {LATER}",
    "answer_long": f"The model {{model}} gave an answer of more than {{most}} MB, so it was cut off. {LATER}",
    "answer_calls": f"The model {{model}} wanted to use more than {{most:count tool}} in one answer, so it was cut "
    f"off. {LATER}",
    "limit_cost_ahead": f"The next model call could take the task over its limit of {{most:money}}. {MORE}",
    "call_altered": "The same step of the task holds another call already, so this one was refused. Run it again.",
    "too_much_memory": "The task needed more memory than one worker has. An admin can raise PORTAL_WORKER_MEMORY.",
    "portal_broke": "The portal had an error while working on this. An admin finds the details in its log.",
    # why it is tried again later
    "model_waits": "The model {model} does not answer ({what}).",
    "place_waits": ("{name} cannot be used for now. {what:own}", "{name} cannot be used for now."),
    "place_full": "{name} allows {most:count call} of agents at once, and all are under way.",
    # what it waits for, that is no person
    "task_awaits": (
        "It waits for {what:own}, until {until:moment} at most.",
        "It waits for something that is under way elsewhere, until {until:moment} at most.",
    ),
    # why it went back to the queue
    "worker_gone": "Its worker process is gone.",
    "worker_leaves": "Its worker process was told to stop.",
    "asks_answered": "All asks are answered.",
    "wake_ended": "What it waited for has ended.",
}

CALLS: Mapping[str, str | tuple[str, str]] = {
    "ask_refused": "{who} said no{note:end}",
    "ask_closed": "The ask is closed: {why:told}",
    "ask_expired": "Nobody answered in time, which means no.",
    "call_unclear": "It was interrupted, so it may or may not have happened. It is not tried again by itself.",
    "call_broke": "It broke in the middle. It only reads, so nothing has changed.",
    "call_confirmed": "A person said that it happened. What came back is not known.",
    "call_not_happened": "A person said that it did not happen. It was not done.",
    "wake_over": "It had not ended {until:moment}, and was not waited for any longer.",
    "wake_left": "The task ended before it did. Nobody looks at it for this task any more.",
    "wake_barred": "It is looked at no more, because the agent may not do that any longer: {why:told}",
    # what its system shows of a call that is unclear
    "look_unclear": ("{name} cannot tell. {what:own}", "{name} cannot tell."),
    "look_broke": "{name} could not be asked. An admin finds the details in the portal's log.",
    "look_not_there": "{name} shows nothing of it.",
    "look_slow": "{name} did not answer within {within:duration}.",
    "look_taken": "{name} is being asked already, or the call is being done.",
    "call_not_begun": "It was interrupted before it happened, and then stopped.",
}

ASKS: Mapping[str, str | tuple[str, str]] = {
    "task_ended": "The task has ended.",
    "call_not_waited_for": "The call no longer needs an answer.",
    "ask_grant_ended": "The grant it needs {state:grant_end}.",
    "ask_grant_changed": "The grant ended or changed.",
    "ask_uses_spent": "All uses of its grant are spent.",
    "ask_changed": "The call has changed since it was asked.",
    "ask_place_removed": "{name} is removed.",
    "ask_place_anothers": "{name} is {whose}'s personal connection and is not open to the task's person.",
    "ask_stopped": "{scope} is stopped by {who}{why:end}",
    "ask_agent_not_active": "{name} is {state}.",
    "ask_owner_left": "The agent's owner has left.",
}

# The note beside a part of a text, by its origin.
PARTS: Mapping[str, str] = {
    "part_person": "{Your} words",
    "part_agent": "The agent's own words",
    "part_result": "Copied from what it read",
    "part_listed": "Items copied from what it read",
    "part_lookup": "From a trusted lookup",
    "part_leads": "A link, an address or a code",
}

# Why a schedule paused or ended, and why a run was left out.
SCHEDULES: Mapping[str, str | tuple[str, str]] = {
    "schedule_shadow": "{agent} is back in a trial run: it changes nothing.",
    "schedule_grant_ended": "{agent} no longer has what this schedule needs: {what:list}. Its managers can request it "
    "again, or you edit the schedule.",
    "schedule_place_closed": "{agent} may no longer look at {connection}, where this schedule waits for events. Its "
    "managers can request access again.",
    "schedule_place_broken": "{connection} has not worked since {since:moment}. Its page says why. This schedule "
    "can go on when it works again.",
    "schedule_failed": "Its last {times} runs failed. Look at them before it goes on.",
    "schedule_spent": (
        "Its {most:own money} for this month are spent. Raise the limit, or wait for the next month.",
        "What it may cost in a month is spent.",
    ),
    "schedule_unread": "Nobody opened its results for weeks. You were told a week before.",
    "schedule_not_queued": "Its task could not be queued. Edit the schedule and save it again.",
    "schedule_over": "Its time is over.",
    "schedule_once_done": "It was to run once.",
    "run_late": "The portal was not running at that time.",
    "run_overlap": "The run before it was still going on.",
    "run_stopped": "{who} had stopped everything{why:end}",
    "run_paused": "The schedule was paused: {why:told}",
    "run_by_person": "You skipped it.",
    "run_superseded": "The next time came before an answer.",
    "run_off": "The schedule was switched off before an answer.",
    "run_uncleared": "It needed an answer, and this schedule ends a task that has to ask.",
}

ENDS: Mapping[str, str | tuple[str, str]] = {
    "agent_retired": "The agent is retired.",
    "place_removed": "The connection is removed.",
    "agent_handed_over": "{owner} owns the agent now, but not the connection.",
    "declared_anew": "What it lets the agent do has changed since it was granted, so it needs a new decision.",
    "asker_left": "{who}, who requested it, has left.",
    "asker_lost": "{who}, who requested it, may no longer request access for {agent}.",
    "who_left": "{who} has left.",
    "who_unshared": "{who} may no longer use {agent}.",
    "agent_owner_gone": "{who}, its owner, has left.",
    "edited": "{what:sentence} changed.",
    # Did people do what an agent in shadow would have done?
    "agreed_few": "too few to say",
    "agreed_mostly": "people mostly did the same",
    "agreed_often": "people often did the same",
    "agreed_seldom": "people seldom did the same",
}


def of_rules(reason: Reason) -> Stored:
    """A reason of the rules, as it is stored."""
    return {"code": reason.code, "params": dict(reason.params)}


_ENDED = {"expired": "has ended", "active": "has ended"}
ALL: Mapping[str, str | tuple[str, str]] = {
    **SAYS,
    **LIFTS,
    **TASKS,
    **CALLS,
    **ASKS,
    **PARTS,
    **SCHEDULES,
    **ENDS,
}


def _granted(decision: tuple[int, int, int]) -> str:
    """``[granted, requested, narrowed]`` as what was done: ``granted 1 of 2 that you requested``."""
    granted, requested, narrowed = decision
    if not granted:
        return "declined what you requested"
    share = "all" if granted == requested else f"{granted} of {requested}"
    limits = f" ({narrowed} with narrower limits)" if narrowed else ""
    return f"granted {share} that you requested{limits}"


ALL_KINDS: Mapping[str, Kind] = {
    "granted": _granted,
    **KINDS,
    "grant_end": lambda state: _ENDED.get(state, f"was {state}"),
    "sentence": lambda texts: " and ".join(texts).capitalize(),
}
