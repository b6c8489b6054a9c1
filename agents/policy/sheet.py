"""What one text names that a task may need: links, addresses, paths, amounts. A person ticks what becomes theirs.

An ask that needs something from a mail, a file or a page shows the rest of it on the same sheet, so that a person who
wants that text followed answers once. Nothing else can be ticked, and codes never are. Pure.
"""

import re
from collections.abc import Iterator
from typing import Any

from agents.policy.declarations import Role
from agents.policy.evaluation import Evaluation
from agents.policy.facts import GrantFact
from agents.policy.language.amounts import read_number
from agents.policy.language.tokens import is_exact
from agents.policy.provenance import Provenance, Text
from agents.policy.value_origins import LONGEST_TOKEN, value_origin
from agents.policy.values import given

MOST = 20  # what is offered on one sheet: nobody reads more
_TOKEN = re.compile(r"[^\s<>\"'“”‘’„«»`|]+")
_KINDS = (
    ("link", re.compile(r"(?:https?://|www\.)[\w.\-]+\.[a-z][\w\-]+(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE)),
    ("address", re.compile(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+")),
    ("path", re.compile(r"/?[\w.\-]*[a-z][\w.\-]*(?:/[\w.\-]+)+/?|/[\w.\-]+", re.IGNORECASE)),
)
_MONEY = re.compile(
    r"(?:[$€£]\s?(?P<before>\d[\d.,]*\d|\d))|(?:(?P<after>\d[\d.,]*\d|\d)\s?(?:[$€£]|eur\b|usd\b|gbp\b|chf\b))",
    re.IGNORECASE,
)


def items(text: str) -> list[tuple[str, str]]:
    """(kind, text) of what the text names, each once, in the order in which it stands there; at most ``MOST``."""
    found = list(dict.fromkeys((*_named(text), *_amounts(text))))
    return found[:MOST]


def _named(text: str) -> Iterator[tuple[str, str]]:
    for match in _TOKEN.finditer(text):
        token = match.group().strip("()[]{},;:!?").rstrip(".")
        kind = next((kind for kind, pattern in _KINDS if pattern.fullmatch(token)), "")
        alone = match.start() == 0 or text[match.start() - 1].isspace()
        if kind == "path" and not alone:  # the end of a tag, or a piece of something else
            continue
        if kind and len(token) <= LONGEST_TOKEN and is_exact(token):
            yield kind, token


def _amounts(text: str) -> Iterator[tuple[str, str]]:
    for match in _MONEY.finditer(text):
        written = match["before"] or match["after"]
        if read_number(written) is not None:
            yield "amount", written


def sheet(evaluation: Evaluation, grant: GrantFact) -> dict[str, Any]:
    """What else the text names that the call takes a value from: ``call``, ``title``, ``items`` as (kind, text).

    Empty where no value of the call stands in a text that others could have written, or that text names nothing more.
    """
    granted = evaluation.under(grant)
    if granted is None:
        return {}
    call = granted.call
    for argument in call.capability.arguments:
        value = call.arguments.get(argument.name)
        if argument.role not in {Role.DEST, Role.OBJECT, Role.VALUE} or not given(value):
            continue
        for single in argument.values(value):
            if value_origin(argument, single, granted).trusted:
                continue
            if (read := _source(call.known, str(single))) is not None:
                asked = {str(one) for one in argument.values(value)}
                texts = "\n".join(call.known.beside(read))
                offered = [pair for pair in items(texts) if pair[1] not in asked]
                if offered:
                    return {"call": read.call, "title": read.title, "items": offered}
    return {}


def _source(known: Provenance, value: str) -> Text | None:
    read = known.source(value)
    return None if read is None or read.trusted else read
