"""Limits on arguments as a person writes them: readable, and never wider than what was asked for. Pure."""

from collections.abc import Mapping
from typing import Any

from agents.policy.facts import Capability, Limits, Type
from agents.policy.rules import in_words, within


def readable(capability: Capability, limits: Limits) -> str:
    """What is wrong with the limits, as a sentence; empty when all is well."""
    for name, limit in limits.items():
        argument = capability.argument(name)
        if argument is None or not argument.limitable:
            return f"{capability.name} has no argument “{name}” that a grant could limit."
        if not limit or set(limit) - {"only", "min", "max"}:
            return f"The limit of “{name}” cannot be read."
        if {"min", "max"} & set(limit) and argument.type is not Type.INTEGER:
            return f"“{name}” is no number; limit it to values instead."
    return ""


def narrower(new: Limits, old: Limits) -> bool:
    """Is everything that ``new`` lets through inside ``old``? A pattern is inside when it reads as a value inside."""
    return all(name in new and _inside(new[name], limit) for name, limit in old.items())


def _inside(new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    if "only" in old and not (
        new.get("only") and all(within({"only": old["only"]}, one) for one in new["only"])
    ):
        return False
    low, high = old.get("min"), old.get("max")
    return (low is None or new.get("min", low - 1) >= low) and (
        high is None or new.get("max", high + 1) <= high
    )


def from_text(text: str, type_: Type) -> dict[str, Any]:
    """A limit from one field of a form: values separated by commas or lines; ``2-10`` or ``-10`` for numbers.

    Raises ValueError with a sentence for the reader.
    """
    values = [value.strip() for value in text.replace("\n", ",").split(",") if value.strip()]
    if not values:
        return {}
    if type_ is not Type.INTEGER:
        return {"only": values}
    low, dash, high = values[0].partition("-")
    try:
        if len(values) == 1 and dash:
            return ({"min": int(low)} if low else {}) | {"max": int(high)}
        return {"only": [str(int(value)) for value in values]}
    except ValueError:
        raise ValueError("Write whole numbers: 5, or a range such as 1-10, or -10 for at most 10.") from None


def to_text(limit: Mapping[str, Any]) -> str:
    """What a person would write for this limit: the reverse of :func:`from_text`."""
    if "only" in limit:
        return ", ".join(str(value) for value in limit["only"])
    return f"{limit.get('min', '')}-{limit['max']}" if "max" in limit else ""


def sentence(capability: Capability, limits: Limits) -> str:
    """``label only “Invoices” or “News*”``, for every limited argument."""
    titles = ((capability.argument(name), limit) for name, limit in limits.items())
    return "; ".join(f"{one.title.lower()} only {in_words(limit)}" for one, limit in titles if one)
