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
    "lift": "Somebody who may stop it can lift the stop.",
    "agent_inactive": "The agent is {state:not_active}",
    "owner_left": "The agent's owner has left. A manager of the agent can hand it over.",
    "person_left": "The person this task is for has left. Somebody else can queue it again.",
    "person_unshared": "The person this task is for may no longer use this agent. Its managers can "
    "share it with them again.",
    "connection_anothers": "This is {whose}'s personal connection. It works only in their tasks, "
    "unless they open it to others on its page.",
    "task_not_running": "The task is {state}, not running.",
    "connection_inactive": "The connection is removed. Request access to another one.",
    "argument_large": "The arguments are larger or deeper than any call needs.",
    "argument_unknown": "{capability} has no argument “{argument}”.",
    "argument_missing": "The argument “{argument}” is missing.",
    "argument_type": "The argument “{argument}” must be {type:shape}.",
    "argument_long": "The argument “{argument}” is longer than {longest:numeral}.",
    "limit_unreadable": "The grant's limit on “{argument}” does not fit {capability}.",
    "outside_limits": "The grant allows {title} only as {limit:limit}; it was {value:quoted}. The "
    "admin who granted it can change that.",
    "special_value": "{title}: other programs act on {value:quoted}, so the grant must name it. The "
    "admin who granted it can change that.",
    "grant_inactive": "The grant is {state}.",
    "grant_ended": "The grant ended on {at:moment}. Request a new one.",
    "declaration_changed": "What {capability} does has changed since it was granted. Renew the grant.",
    "day_spent": "The grant allows {most} in 24 hours, and these are used. Try again later.",
    "uses_spent": "All uses of the grant are spent. Request a new one.",
    "outside_hours": "The grant applies only from {begins}:00 to {ends}:00, {zone} time.",
    # decide
    "unknown": "No connector offers “{capability}”, so it is refused.",
    "no_grant": "No grant lets this agent use {capability} here. Its manager can request one.",
    "granted": "Allowed by the grant until {until:day}.",
    "agreed": "A person allowed calls like it in this task.",
    "cleared": "{who} cleared this the evening before, until {until:moment}.",
    "shadow": "Trial run: recorded as “would have”, not done.",
    "too_many_asks": "The task has used up its number of asks. The agent's managers can raise it.",
    "asked_before": "{how:answered}",
    # asking
    "destructive": "It deletes something, so a person must allow each call.",
    "grant_asks": "The grant requires an answer each time.",
    "second_person": "The grant requires a second person.",
    "outside_envelope": "{capability} was not ticked when this task was queued.{again:again}",
    "origins_unknown": "It is not known where its values come from.",
    "object_mixed": "{title}: the task put text from others into “{value}”.",
    "dest_mentioned": "{title}: {you} mentioned “{value}”, but not as the recipient.",
    "asked_again": "This was already allowed and done in this task. It would happen again.",
    "unpointed": "Others would see it, and the instruction does not ask for it.",
    "dest_unknown": "{title}: “{value}” did not come from {you}.",
    "object_unknown": "{title}: “{value}” did not come from {you}.",
    "value_unknown": "{title}: “{value}” did not come from {you}.",
    "time_unreadable": "{title}: “{value}” is not a time.",
    "name_unknown": "{title}: {you} did not write “{value}”.",
    "content_prose": "{title}: the agent wrote this text, not {you}.",
    "content_signs": "{title}: it has unusual characters that the instruction does not use.",
    "content_split": "Its texts, put together, contain a link, an address or a code.",
    "content_leads": "{title}: it contains a link, an address or a code that {you} did not write.",
    # the gate, around the rules
    "grant_changed": "The grant changed while it was being used.",
    "facts_unreadable": "The portal could not read what it needs to decide, so it refused.",
    "ask_outdated": "The call changed after it was allowed, so it must ask again.",
    "answerer_barred": "{who} allowed this but no longer has the right to.",
    "approved": "{who} allowed this one call.",
    # where an argument comes from, by ``value_origins.From``
    "from_person": "{Your} words in the instruction",
    "from_own": "{Your} own address",
    "from_safe": "A value that is always safe",
    "from_lookup": "From a trusted lookup: call {call}",
    "from_created": "Made by this task: call {call}",
    "from_listed": "Listed by call {call}",
    "from_agreed": "As in a call that {you} allowed",
    "from_allowed": "As in call {call}, which {you} allowed",
    "from_endorsed": "{You} ticked it when {you} allowed call {call}",
    "from_code": "The code that completes call {call}",
    "from_within": "Within a place that {you} named or this task made",
    "from_result": "From others: call {call} returned it ({title})",
    "from_attached": "From others: it is in {title}",
    "from_limits": "Within the grant's limits: {limit:limit}",
    "from_agent": "The agent's words, not {yours}",
    "from_mentioned": "{Your} words, but not as the recipient",
    "from_mixed": "The task put text from others into it: call {call}",
    "from_leads": "A link, an address or a code that {you} did not write",
    "from_unknown": "Not found in {your} words or in anything it read",
    "text_leads": "Contains a link, an address or a code that {you} did not write",
    "text_result": "Copied sentences from what it read",
    "text_listed": "Copied items from what it read",
    "text_anew": "{Your} words, but rearranged",
    # what the eye would not see
    "odd": "It has unusual characters that could stand for other letters.",
    "hidden": "It has invisible characters.",
    "lookalike": "Looks like {other} but is not.",
    "alphabets": "It has letters that look the same in another alphabet.",
}

# What became of an earlier ask for exactly this call. One that was allowed asks again; older rows say "approved".
ANSWERED = {
    "open": "The same call is already waiting for an answer.",
    "approved": "A person already allowed this call once in this task. Queue another task to do it again.",
    "refused": "A person already said no to this call in this task.",
    "expired": "Nobody answered this call when it was asked in this task. That means no.",
    "dead": "The ask for this call was closed in this task.",
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


def _not_active(state: str) -> str:
    """Only a stopped agent can be resumed: a draft never began, a retired one has ended for good."""
    return f"{state}. Its managers can resume it." if state == "stopped" else f"{state}."


KINDS: Mapping[str, Callable[[Any], str]] = {
    "not_active": _not_active,
    "limit": in_words,
    "quoted": _quoted,
    "shape": lambda name: _SHAPES[Type(name)],
    "answered": lambda how: ANSWERED[how],
    "again": lambda possible: " Run it again and tick it if it is needed." if possible else "",
    "numeral": lambda number: f"{number:,}",
}
