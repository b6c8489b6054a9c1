"""Limits on arguments as a person writes them: readable, and never wider than what was asked for. Pure."""

import csv
import re
from collections.abc import Iterator, Mapping
from typing import Any

from agents.policy.facts import Argument, Capability, Limits, Type
from agents.policy.rules import in_words, within

Limit = Mapping[str, Any]
MOST_VALUES = 100
NUMBERS = "Write whole numbers: 5, or a range such as 1-10, or -10 for at most 10."


def readable(capability: Capability, limits: Limits) -> str:
    """What is wrong with the limits, as a sentence; empty when all is well."""
    for name, limit in limits.items():
        argument = capability.argument(name)
        if argument is None or not argument.limitable:
            return f"{capability.name} has no argument “{name}” that a grant could limit."
        if problem := _unclear(argument, limit):
            return problem
    return ""


def _unclear(argument: Argument, limit: Limit) -> str:
    only = limit.get("only", ["*"])
    if not limit or set(limit) - {"only", "min", "max"} or not isinstance(only, list) or not only:
        return f"The limit of “{argument.title}” cannot be read."
    if {"min", "max"} & set(limit) and argument.type is not Type.INTEGER:
        return f"“{argument.title}” is no number; limit it to values instead."
    if len(only) > MOST_VALUES:
        return f"“{argument.title}” can be limited to {MOST_VALUES} values at most."
    # A value that nothing can match is a slip of the pen: the grant would be narrower than its words.
    for one in only:
        if example(argument, {**limit, "only": [one]}) is None:
            return f"“{argument.title}”: nothing could ever be “{one}”. Write it as the agent would."
    return ""


def met(capability: Capability, limits: Limits) -> bool:
    """Is there any value inside each of the limits?"""
    arguments = [(capability.argument(name), limit) for name, limit in limits.items()]
    return all(one is not None and example(one, limit) is not None for one, limit in arguments)


def example(argument: Argument, limit: Limit | None) -> Any:
    """A value that the argument can take inside its limit (None: no limit); None when there is none."""
    return next((one for one in _candidates(argument, limit) if limit is None or within(limit, one)), None)


def _candidates(argument: Argument, limit: Limit | None) -> Iterator[Any]:
    if argument.type is Type.FLAG:
        yield from (True, False)
        return
    if argument.type is Type.INTEGER:
        bounds = [(limit or {}).get("min"), (limit or {}).get("max"), 1]
        yield from (one for one in bounds if isinstance(one, int) and not isinstance(one, bool))
    for pattern in (limit or {}).get("only", ["x"]):
        text = str(pattern).replace("*", "") or "x"
        if argument.type is Type.INTEGER:
            if re.fullmatch(r"-?[0-9]{1,18}", text):
                yield int(text)
        elif len(text) <= argument.longest or argument.type is Type.TEXTS:
            yield [text] if argument.type is Type.TEXTS else text


def narrower(new: Limits, old: Limits) -> bool:
    """Is everything that ``new`` lets through inside ``old``? In doubt: no."""
    return all(name in new and _inside(new[name], limit) for name, limit in old.items())


def _inside(new: Limit, old: Limit) -> bool:
    if not old or set(old) - {"only", "min", "max"}:
        return False
    if "min" in old and not _ordered(old["min"], new.get("min")):
        return False
    if "max" in old and not _ordered(new.get("max"), old["max"]):
        return False
    if "only" not in old:
        return True
    only = {"only": old["only"]}
    if isinstance(new.get("only"), list):
        # A pattern is inside when it reads as a value inside: only a * of the old one can stand for its *.
        return all(isinstance(one, str) and within(only, one) for one in new["only"])
    low, high = new.get("min"), new.get("max")
    if not _ordered(low, high) or high - low >= MOST_VALUES:  # type: ignore[operator]
        return False
    return all(within(only, one) for one in range(low, high + 1))  # type: ignore[arg-type,operator]


def _ordered(low: Any, high: Any) -> bool:
    """Both are whole numbers, the first not above the second."""
    return all(isinstance(one, int) and not isinstance(one, bool) for one in (low, high)) and bool(
        low <= high
    )


def from_text(text: str, type_: Type) -> dict[str, Any]:
    """A limit from one field of a form: values separated by commas or lines; ``2-10`` or ``-10`` for numbers.

    A value with a comma in it stands in double quotes. Raises ValueError with a sentence for the reader.
    """
    rows = csv.reader(text.splitlines(), skipinitialspace=True)
    values = list(dict.fromkeys(value.strip() for row in rows for value in row if value.strip()))
    if not values:
        return {}
    if type_ is Type.INTEGER:
        return _numbers(values)
    for value in values:
        if "@" in value and re.search(r"[\s;]", value):
            raise ValueError(f"“{value}” looks like several addresses. Put commas between them.")
    return {"only": values}


def _numbers(values: list[str]) -> dict[str, Any]:
    """The ends of a list of numbers stand in the limit too, so that only numbers are inside."""
    low, dash, high = values[0].replace("–", "-").partition("-")
    span = len(values) == 1 and dash and (low or high)
    written = [one.strip() for one in (low, high) if one.strip()] if span else values
    if not all(re.fullmatch(r"0|[1-9][0-9]{0,17}", one) for one in written):
        raise ValueError(NUMBERS)
    if not span:
        whole = [int(one) for one in written]
        return {"only": written, "min": min(whole), "max": max(whole)}
    limit = ({"min": int(low)} if low.strip() else {}) | ({"max": int(high)} if high.strip() else {})
    if limit.get("min", 0) > limit.get("max", limit.get("min", 0)):
        raise ValueError("The range ends before it begins: write the smaller number first.")
    return limit


def to_text(limit: Limit) -> str:
    """What a person would write for this limit: the reverse of :func:`from_text`."""
    if "only" in limit:
        return ", ".join(_quoted(str(value)) for value in limit["only"])
    return f"{limit.get('min', '')}-{limit.get('max', '')}" if {"min", "max"} & set(limit) else ""


def _quoted(value: str) -> str:
    doubled = value.replace('"', '""')
    return f'"{doubled}"' if "," in value or value.startswith('"') else value


def sentence(capability: Capability, limits: Limits) -> str:
    """``label only “Invoices” or “News*”``, for every limited argument."""
    titles = ((capability.argument(name), limit) for name, limit in limits.items())
    return "; ".join(f"{one.title.lower()} only {in_words(limit)}" for one, limit in titles if one)
