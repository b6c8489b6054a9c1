"""Limits on arguments, as people write them: parsed, checked, and never wider than what was asked for. Pure."""

import csv
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.utils.text import get_text_list

from agents.policy.declarations import Argument, Capability, Type
from agents.policy.limits import (
    ANY_DOMAIN,
    ANY_WORDS,
    BELOW,
    KEYS,
    At,
    Exact,
    Glob,
    Limits,
    covers,
    domain_in,
    in_words,
    is_number,
    numeral,
    shape,
    visible,
    within,
)

Limit = Mapping[str, Any]
MOST_VALUES = 100
UNREADABLE = "The limit of “{}” is not in a form that the portal can read."
NUMERIC = {Type.INTEGER, Type.NUMBER}
WRITTEN = {
    Type.INTEGER: re.compile(r"0|[1-9][0-9]{0,17}"),
    Type.NUMBER: re.compile(r"(?:0|[1-9][0-9]{0,12})(?:\.[0-9]{1,6})?"),
}
NUMBERS = {
    Type.INTEGER: "Write whole numbers: 5, or a range such as 1-10, or -10 for at most 10.",
    Type.NUMBER: "Write numbers: 5, or 2.50, or a range such as 0-99.90, or -10 for at most 10.",
}


def readable(capability: Capability, limits: Limits) -> str:
    """What is wrong with the limits, as a sentence; empty when all is well."""
    for name, limit in limits.items():
        argument = capability.argument(name)
        if argument is None or not (argument.limitable or argument.worded):
            return f"{capability.name} has no argument “{name}” that a grant could limit."
        if argument.worded:
            if limit != ANY_WORDS:
                return f"“{argument.title}” is free text. A grant cannot limit it to values."
        elif problem := _unclear(argument, limit):
            return problem
    return ""


def _unclear(argument: Argument, limit: Limit) -> str:
    only, unreadable = limit.get("only", ["*"]), UNREADABLE.format(argument.title)
    if not limit or set(limit) - KEYS or not isinstance(only, list) or not only:
        return unreadable
    ends = [limit[end] for end in ("min", "max") if end in limit]
    if ends and argument.type not in NUMERIC:
        return f"“{argument.title}” is no number; limit it to values instead."
    if not all(is_number(end) for end in ends):
        return unreadable
    if len(only) > MOST_VALUES:
        return f"“{argument.title}” can be limited to {MOST_VALUES} values at most."
    for text in only:
        if problem := _unclear_pattern(argument, text, limit):
            return problem
    return ""


def _unclear_pattern(argument: Argument, pattern: Any, limit: Limit) -> str:
    if not isinstance(pattern, str):
        return UNREADABLE.format(argument.title)
    if not visible(pattern):
        return f"“{argument.title}”: there is something in “{pattern.strip()}” that does not show. Type it by hand."
    if shape(pattern) is None:
        return (
            f"“{argument.title}”: “{pattern}” could mean too many addresses. Write @example.com for everybody at "
            "example.com, and @*.example.com for everybody below it."
        )
    # A value that nothing can match is a slip of the pen: the grant would be narrower than its words.
    if example(argument, {**limit, "only": [pattern]}) is None:
        return f"“{argument.title}”: nothing could ever be “{pattern}”. Write it as the agent would."
    return ""


def met(capability: Capability, limits: Limits) -> bool:
    """Is there any value inside each of the limits?"""
    arguments = [(capability.argument(name), limit) for name, limit in limits.items()]
    return all(argument is not None and example(argument, limit) is not None for argument, limit in arguments)


def example(argument: Argument, limit: Limit | None) -> Any:
    """A value that the argument can take inside its limit (None: no limit); None when there is none."""
    if limit == ANY_WORDS:
        return "x" if argument.worded else None
    candidates = _candidates(argument, limit)
    return next((value for value in candidates if limit is None or within(limit, value)), None)


def _candidates(argument: Argument, limit: Limit | None) -> Iterator[Any]:
    if argument.type is Type.FLAG:
        yield from (True, False)
        return
    if argument.type in NUMERIC:
        bounds = [(limit or {}).get("min"), (limit or {}).get("max"), 1]
        whole = argument.type is Type.INTEGER
        yield from (bound for bound in bounds if is_number(bound) and (not whole or isinstance(bound, int)))
    for pattern in (limit or {}).get("only", ["x"]):
        text = _fitting(str(pattern))
        if argument.type in NUMERIC:
            if re.fullmatch(r"-?[0-9]{1,18}", text):
                yield int(text)
            elif argument.type is Type.NUMBER and re.fullmatch(r"-?[0-9]{1,13}\.[0-9]{1,6}", text):
                yield float(text)
        elif len(text) <= argument.longest or argument.type is Type.TEXTS:
            yield [text] if argument.type is Type.TEXTS else text


def _fitting(pattern: str) -> str:
    """A text that the pattern may well let through."""
    match shape(pattern):
        case At(local, domain):
            host = "example.com" if domain == ANY_DOMAIN else domain.replace("*", "x")
            return f"{local.replace('*', '') or 'x'}@{host}"
    return pattern.replace("*", "") or "x"


def narrower(new: Limits, old: Limits) -> bool:
    """Is everything that ``new`` lets through inside ``old``? In doubt: no."""
    if any(limit == ANY_WORDS and old.get(name) != ANY_WORDS for name, limit in new.items()):
        return False
    return all(
        new.get(name, ANY_WORDS) == ANY_WORDS
        if limit == ANY_WORDS
        else name in new and _inside(new[name], limit)
        for name, limit in old.items()
    )


def _inside(new: Limit, old: Limit) -> bool:
    if not old or set(old) - KEYS:
        return False
    if "min" in old and not _ordered(old["min"], new.get("min")):
        return False
    if "max" in old and not _ordered(new.get("max"), old["max"]):
        return False
    if "only" not in old:
        return True
    if not isinstance(old["only"], list):
        return False
    if isinstance(new.get("only"), list):
        return all(any(_pattern_inside(text, outer) for outer in old["only"]) for text in new["only"])
    low, high = new.get("min"), new.get("max")
    return is_number(low) and low == high and within({"only": old["only"]}, low)


def _pattern_inside(new: Any, old: Any) -> bool:
    """Does the pattern ``old`` let everything through that ``new`` does?"""
    if not isinstance(new, str) or not isinstance(old, str):
        return False
    match shape(new), shape(old):
        case Exact(_), _:
            return within({"only": [old]}, new)
        case ((Glob(_) | At(_, _)), Glob("*")):
            return visible(new)
        case Glob(_), Glob(_):
            # Its * counts as a value: only a * of the outer pattern can cover it.
            return within({"only": [old]}, new)
        case At(local, domain), At(wider, domains):
            # Below a domain is what is below one of its sub-domains, too.
            wide = domains == ANY_DOMAIN or (domains.startswith(BELOW) and domain.endswith(domains[1:]))
            below = domain.startswith(BELOW) and wide
            return covers(wider, local) and (domain == domains or below or domain_in(domain, domains))
    return False


def _ordered(low: Any, high: Any) -> bool:
    """Both are numbers, the first not above the second."""
    return is_number(low) and is_number(high) and bool(low <= high)


def from_text(text: str, type_: Type) -> dict[str, Any]:
    """A limit from one field of a form: values separated by commas or lines; ``2-10`` or ``-10`` for numbers.

    A value with a comma goes into double quotes. Raises ValueError with a sentence for the reader.
    """
    rows = csv.reader(text.splitlines(), skipinitialspace=True)
    values = list(dict.fromkeys(value.strip() for row in rows for value in row if value.strip()))
    if not values:
        return {}
    if type_ in NUMERIC:
        return _numbers(values, type_)
    for value in values:
        if "@" in value and re.search(r"[\s;]", value):
            raise ValueError(f"“{value}” looks like several addresses. Put commas between them.")
    return {"only": values}


def _numbers(values: list[str], type_: Type) -> dict[str, Any]:
    """The limit also holds the lowest and highest number of a list, so that only numbers are inside."""
    low, dash, high = values[0].replace("–", "-").partition("-")
    span = len(values) == 1 and dash and (low or high)
    written = [end.strip() for end in (low, high) if end.strip()] if span else values
    if not all(WRITTEN[type_].fullmatch(text) for text in written):
        raise ValueError(NUMBERS[type_])
    numbers = [_number(text) for text in written]
    if not span:
        only = list(dict.fromkeys(numeral(number) for number in numbers))
        return {"only": only, "min": min(numbers), "max": max(numbers)}
    ends = [name for name, end in (("min", low), ("max", high)) if end.strip()]
    limit = dict(zip(ends, numbers, strict=True))
    if limit.get("min", 0) > limit.get("max", limit.get("min", 0)):
        raise ValueError("The range ends before it begins: write the smaller number first.")
    return limit


def _number(text: str) -> int | float:
    number = Decimal(text)
    return int(number) if number == number.to_integral_value() else float(number)


def to_text(limit: Limit) -> str:
    """What a person would write for this limit: the reverse of :func:`from_text`."""
    if "only" in limit:
        return ", ".join(_quoted(str(value)) for value in limit["only"])
    if not {"min", "max"} & set(limit):
        return ""
    low, high = (numeral(limit[end]) if end in limit else "" for end in ("min", "max"))
    return f"{low}-{high}"


def _quoted(value: str) -> str:
    doubled = value.replace('"', '""')
    return f'"{doubled}"' if "," in value or value.startswith('"') else value


def sentence(capability: Capability, limits: Limits) -> str:
    """``to anyone; label only “Invoices” or “News*”; its own words as text``, for every limited argument."""
    said, own = [], []
    for argument in capability.arguments:
        limit, title = limits.get(argument.name), argument.title.lower()
        if limit == ANY_WORDS:
            own.append(title)
        elif limit == {"only": ["*"]}:
            said.append(anything(argument))
        elif limit is not None and argument.counted:
            said.append(f"{in_words(limit)} {title}")
        elif limit is not None:
            said.append(f"{title} only {in_words(limit)}")
    return "; ".join([*said, f"its own words as {get_text_list(own, 'and')}"] if own else said)


def anything(argument: Argument) -> str:
    """That this argument is free: ``to anyone`` or ``any label``."""
    title = argument.title.lower()
    return "to anyone" if title == "to" else f"any {title}"
