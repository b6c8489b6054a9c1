"""The sentences of the agents app by code: why a task ended, a call was closed, an ask died, a grant ended. Data."""

from collections.abc import Mapping

from agents.policy.facts import Reason
from agents.policy.reasons import KINDS, SAYS
from portal.reasons import Kind, Stored

MORE = "The agent's managers can raise the limit; then queue it again."
LATER = "Queue the task again later, or choose another model on the agent's page."

LIFTS: Mapping[str, str] = {
    "lift_task": "A task that was stopped does not go on; it can be queued again.",
    "lift_connection": "Whoever looks after {name} can lift this stop.",
    "lift_runaway": "Whoever may stop {name} can lift this stop.",
    "lift_managed": "Whoever manages {name} can lift this stop.",
    "lift_agent": "{who}, or whoever manages {name}, can lift this stop.",
    "lift_admin": "An admin can lift this stop.",
    "lift_admins": "{who} or another admin can lift this stop.",
}

TASKS: Mapping[str, str | tuple[str, str]] = {
    "agent_not_active": "The agent is {state}. Its managers can let it work again.",
    "task_stopped": "{who} stopped {scope}{why:aside}. {lifts:told} Then queue it again.",
    "limit_steps": f"The task has reached its limit of {{most:count step}}. {MORE}",
    "limit_tokens": f"The task has reached its limit of {{most:count token}}. {MORE}",
    "limit_cost": f"The task has reached its limit of {{most:money}}. {MORE}",
    "limit_time": f"The task has reached its limit of {{most:duration}} of work. {MORE}",
    "asked_too_often": f"{SAYS['too_many_asks']} Its open asks are closed.",
    "no_progress": "The agent made the same call with the same arguments {times} times and got no further. "
    "A clearer instruction may help.",
    "model_broke_off": (
        "The model broke off. If it said why, that is in the last step. Queue the task again later.",
        "The model broke off. Its person can queue it again later.",
    ),
    "model_unknown": "The model {model} is not available here. Choose another on the agent's page, or ask an admin to "
    "configure {provider}.",
    "model_silent": f"The model {{model}} did not answer ({{what}}, {{tries}} tries). {LATER}",
    "model_slow": f"The model {{model}} did not answer (not within {{within:duration}}, {{tries}} tries). {LATER}",
    "portal_broke": "Something in the portal broke while working on this. The details are in its log, for an admin.",
    # why it went back to the queue
    "worker_gone": "Its worker is gone.",
    "asks_answered": "Every ask is answered.",
}

CALLS: Mapping[str, str | tuple[str, str]] = {
    "ask_refused": "{who} said no{note:end}",
    "ask_closed": "The ask is closed: {why:told}",
    "ask_expired": "Nobody answered in time, which means no.",
    "call_unclear": "It was interrupted, and whether it happened is unknown. It is not tried again.",
    "call_not_begun": "It was interrupted before it happened, and then stopped.",
}

ASKS: Mapping[str, str | tuple[str, str]] = {
    "task_ended": "The task has ended.",
    "call_not_waited_for": "The call is not waited for any more.",
    "ask_grant_ended": "The grant it needs {state:grant_end}.",
    "ask_grant_changed": "The grant ended or changed.",
    "ask_uses_spent": "The uses of the grant it needs are spent.",
    "ask_changed": "What was asked for has changed since.",
    "ask_place_removed": "{name} is removed.",
    "ask_place_anothers": "{name} is {whose}'s own connection, and not open to the task's person.",
    "ask_stopped": "{scope} is stopped by {who}{why:end}",
    "ask_agent_not_active": "{name} is {state}.",
    "ask_owner_left": "The agent's owner has left.",
}

# Parts of a text by where they come from: what stands beside them.
PARTS: Mapping[str, str] = {
    "part_person": "{Your} words",
    "part_agent": "The agent's own words",
    "part_result": "Copied from what was read",
    "part_listed": "Items copied from what was read",
    "part_lookup": "From a trusted lookup",
    "part_leads": "Leads elsewhere: a link, an address or a code",
}

ENDS: Mapping[str, str | tuple[str, str]] = {
    "agent_retired": "The agent is retired.",
    "place_removed": "The connection is removed.",
    "agent_handed_over": "The agent is now {owner}'s, the connection is not.",
    "declared_anew": "What it lets the agent do has changed since it was granted, so it needs a new decision.",
    "asker_left": "{who}, who asked for it, has left.",
    "asker_lost": "{who}, who asked for it, may not ask for {agent} any more.",
    "who_left": "{who} has left.",
    "who_unshared": "{who} may not use {agent} any more.",
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
ALL: Mapping[str, str | tuple[str, str]] = {**SAYS, **LIFTS, **TASKS, **CALLS, **ASKS, **PARTS, **ENDS}
ALL_KINDS: Mapping[str, Kind] = {
    **KINDS,
    "grant_end": lambda state: _ENDED.get(state, f"was {state}"),
    "sentence": lambda texts: " and ".join(texts).capitalize(),
}
