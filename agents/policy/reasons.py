"""The sentences of the rules, by code: for the person whose task it is and for a second person. Pure data and kinds.

``{you}``, ``{your}``, ``{yours}`` are put in for the reader; the other fields are parameters of ``facts.Reason``.
"""

from collections.abc import Callable, Mapping
from typing import Any

from agents.policy.declarations import Type
from agents.policy.language.invisible import spelled_out
from agents.policy.limits import in_words, is_number

SAYS: Mapping[str, str] = {
    # rules
    "stopped": "{scope} is stopped by {who}{why:end} {lifts:told}",
    "lift": "Whoever may stop it can lift that.",
    "agent_inactive": "The agent is {state}. Its managers can make it active.",
    "owner_left": "The agent's owner has left. A manager of the agent can hand it over.",
    "person_left": "The person this task is for has left. Somebody else can queue it anew.",
    "person_unshared": "The person this task is for may not use this agent any more. Its managers can share it with "
    "them.",
    "connection_anothers": "This is {whose}'s own connection: it works in their tasks only. They can open it on its "
    "page.",
    "task_not_running": "The task is {state}, not running.",
    "connection_inactive": "The connection is removed. Grants on another can be asked for.",
    "argument_large": "The arguments are larger or deeper than any call needs.",
    "argument_unknown": "{capability} has no argument “{argument}”.",
    "argument_missing": "The argument “{argument}” is missing.",
    "argument_type": "The argument “{argument}” must be {type:shape}.",
    "argument_long": "The argument “{argument}” is longer than {longest:numeral}.",
    "limit_unreadable": "The grant's limit on “{argument}” does not fit {capability}.",
    "outside_limits": "{title} may only be {limit:limit}, says the grant; it was {value:quoted}. "
    "Whoever granted it can change that.",
    "special_value": "{title}: other programs act on what is in {value:quoted}, so the grant must name it. "
    "Whoever granted it can change that.",
    "grant_inactive": "The grant is {state}.",
    "grant_ended": "The grant ended on {at:moment}. Ask for a new one.",
    "declaration_changed": "What {capability} does has changed since it was granted; it must be granted anew.",
    "uses_spent": "All uses of the grant are spent. Ask for a new one.",
    "outside_hours": "The grant holds from {begins}:00 to {ends}:00, {zone} time, and not now.",
    # decide
    "unknown": "No connector offers “{capability}”. Unknown means no.",
    "no_grant": "No grant lets this agent use {capability} here. Its manager can request one.",
    "granted": "The grant until {until:day} covers it.",
    "agreed": "A person allowed calls like it in this task.",
    "shadow": "The agent is in shadow mode: recorded as “would have”, not done.",
    "too_many_asks": "The task has asked as often as its agent may. The agent's managers can raise that number.",
    "asked_before": "{how:answered}",
    # asking
    "destructive": "It takes something away, so a person says yes to each one.",
    "grant_asks": "The grant says that a person answers each time.",
    "second_person": "The grant says that a second person answers.",
    "outside_envelope": "{capability} was not chosen for this task when the task was queued.{again:again}",
    "origins_unknown": "Where its arguments come from is not known.",
    "object_mixed": "{title}: the task put something into “{value}” that others could have written.",
    "dest_mentioned": "{title}: “{value}” is in {your} words, but not as the one it goes to.",
    "asked_again": "Exactly this was allowed in this task before, and would be done once more.",
    "unpointed": "Others see it, and nothing in the instruction points at it.",
    "dest_unknown": "{title}: it goes to “{value}”, which is not from {you}.",
    "object_unknown": "{title}: it touches “{value}”, which is not from {you}.",
    "value_unknown": "{title}: it says “{value}”, which is not from {you}.",
    "time_unreadable": "{title}: “{value}” reads as no time.",
    "name_unknown": "{title}: “{value}” is not in {your} words.",
    "content_prose": "{title}: it is not word for word what {you} wrote.",
    "content_signs": "{title}: it holds signs that are neither the instruction's letters nor common marks.",
    "content_split": "Put together, its texts hold a link, an address or a code.",
    "content_leads": "{title}: it holds a link, an address or a code that {you} did not write.",
    # the gate, around the rules
    "grant_changed": "The grant changed while it was being used.",
    "facts_unreadable": "What the rules need to know could not be read, which means no.",
    "ask_outdated": "What was agreed to has changed since. It must be asked again.",
    "answerer_barred": "{who} allowed this and may not allow it any more.",
    "approved": "{who} allowed this one call.",
    # where an argument comes from, by ``value_origins.From``
    "from_person": "{Your} words in the instruction",
    "from_own": "{Your} own address",
    "from_safe": "One of the values that need no origin",
    "from_lookup": "From a trusted lookup: call {call}",
    "from_created": "Made by this task: call {call}",
    "from_listed": "Listed by call {call}",
    "from_agreed": "As in a call that {you} allowed",
    "from_result": "Not {your} words: it stands in what call {call} returned ({title})",
    "from_attached": "Not {your} words: it stands in {title}",
    "from_limits": "Inside the grant's limits: {limit:limit}",
    "from_agent": "The agent's words, not {yours}",
    "from_mentioned": "{Your} words, but they do not say that anything goes there",
    "from_mixed": "The task put something into it that others could have written: call {call}",
    "from_leads": "Leads somewhere, or could be a code, and {you} did not write it",
    "from_unknown": "Neither in {your} words nor in anything that was read",
    "text_leads": "Holds a link, an address or a code that {you} did not write",
    "text_result": "Copies sentences from what was read",
    "text_listed": "Copies single items from what was read",
    "text_anew": "{Your} words, but not in one piece as {you} wrote them",
    # what the eye would not see
    "odd": "It holds unusual signs, which could stand for other letters.",
    "hidden": "It holds characters that do not show.",
    "lookalike": "Looks like {other} but is not.",
    "alphabets": "It holds letters that other alphabets share in looks.",
}

# What became of an earlier ask for exactly this call. One that was allowed asks again; older rows say "approved".
ANSWERED = {
    "open": "The same call waits for an answer already.",
    "approved": "A person allowed exactly this once in this task already. Queue another task to do it again.",
    "refused": "A person said no to exactly this in this task.",
    "expired": "Nobody answered when exactly this was asked in this task, which means no.",
    "dead": "The ask for exactly this was closed in this task.",
}
_SHAPES = {
    Type.TEXT: "a text",
    Type.INTEGER: "a whole number",
    Type.NUMBER: "a number",
    Type.FLAG: "true or false",
    Type.TEXTS: "a list of texts",
}


def value_of(value: Any) -> Any:
    """A value as a reason keeps it: a short text; None where there is none, nothing readable as an empty list."""
    if value is None:
        return None
    return spelled_out(str(value)[:80]) if isinstance(value, str | list) or is_number(value) else []


def _quoted(value: Any) -> str:
    if value is None:
        return "not given"
    return f"“{value}”" if isinstance(value, str) else "something else"


KINDS: Mapping[str, Callable[[Any], str]] = {
    "limit": in_words,
    "quoted": _quoted,
    "shape": lambda name: _SHAPES[Type(name)],
    "answered": lambda how: ANSWERED[how],
    "again": lambda possible: " Queue it again and tick it, if it is needed." if possible else "",
    "numeral": lambda number: f"{number:,}",
}
