"""What an answer gives back to whom it came from: their own subject, and one stretch of their own words.

Whoever wrote a message knows what stands in it. So a draft of an answer to it, which a person looks at and sends, may
hold its numbers, if it goes to its author alone and copies what stands there. Links are never given back.
"""

import re
from collections.abc import Mapping
from typing import Any

from agents.policy.declarations import Argument, Effect, Role
from agents.policy.evaluation import CallOrigins
from agents.policy.language.links import holds_link
from agents.policy.language.stretches import one_space
from agents.policy.language.tokens import compared, hides_nothing
from agents.policy.values import given, leaves

_ANSWER = re.compile(r"^(?:re|aw|sv|antw) ?: ?", re.IGNORECASE)
_QUOTED = re.compile(r"^[ \t]*>[ \t]?(.*)$", re.MULTILINE)


def unanswered(argument: Argument, text: str, call: CallOrigins) -> str:
    """The text without what its reader wrote: what is left must be looked at like any other."""
    record = call.once("answered", lambda: _answered(call))
    if record is None:
        return text
    if argument.role is Role.NAME:
        forms = (text, _ANSWER.sub("", text))
        return "" if any(_stands(form, record, whole=True) for form in forms) else text
    quoted = " ".join(_QUOTED.findall(text))
    return _QUOTED.sub("> quoted", text) if _stands(quoted, record, whole=False) else text


def _stands(text: str, record: Mapping[str, Any], *, whole: bool) -> bool:
    """Is it one text of the record, or a stretch of whole words in one?"""
    wanted = one_space(text)
    if not wanted or not hides_nothing(text) or holds_link(wanted):
        return False
    written = [one_space(leaf) for leaf in leaves(list(record.values())) if isinstance(leaf, str)]
    if whole:
        return wanted in written
    stretch = re.compile(rf"(?<!\w){re.escape(wanted)}(?!\w)")
    return any(stretch.search(one) for one in written)


def _answered(call: CallOrigins) -> Mapping[str, Any] | None:
    """The record that the call answers, where it goes to the author of that record and to nobody else."""
    capability = call.capability
    if capability.effect is not Effect.WRITE or call.reaches_others:
        return None
    answered = next((one for one in capability.arguments if one.answers), None)
    if answered is None or not given(call.arguments.get(answered.name)):
        return None
    author, record = call.known.signed.get((answered.kind, str(call.arguments[answered.name])), ("", {}))
    readers = [
        compared(str(value))
        for argument in capability.arguments
        if argument.role is Role.DEST and given(call.arguments.get(argument.name))
        for value in argument.values(call.arguments[argument.name])
    ]
    return record if readers and all(_wrote(reader, author) for reader in readers) else None


def _wrote(reader: str, author: str) -> bool:
    """``ada@example.com`` wrote what is from ``Ada Osei <ada@example.com>``."""
    return reader == author or author.endswith(f"<{reader}>")
