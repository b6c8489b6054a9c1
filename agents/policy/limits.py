"""Limits of a grant: is a value inside, and how a limit reads. What cannot be read is outside.

A limit is ``{"only": [patterns]}``, ``{"min": n, "max": n}`` or both; of texts of the agent's making it may be
``{"words": "any"}``. A pattern is read by its shape:

- no star: exactly this value, letter case aside;
- ``*`` alone: any printable value; ``News*``: anchored at both ends, and never an address;
- ``@example.com`` (or ``*@example.com``, ``l*@example.com``): addresses at exactly this domain;
- ``@*.example.com``: addresses at its sub-domains, and not at the domain itself.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from agents.policy.language.invisible import LETTERS
from agents.policy.language.tokens import fold

# What a grant allows an argument to be: {"only": [text or text*]} and {"min": n, "max": n}; of names and content
# {"words": "any"}: they need not be the person's words.
Limits = Mapping[str, Mapping[str, Any]]
ANY_WORDS = {"words": "any"}

KEYS = frozenset({"only", "min", "max"})
ANY_DOMAIN, BELOW = "*", "*."
# What ``*`` may stand for in the name before an @: no quotes, no routes, no %-codes.
LOCAL = re.compile(r"[A-Za-z0-9_+'\-]+(?:\.[A-Za-z0-9_+'\-]+)*")
DOMAIN_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?")
UPWARDS = re.compile(r"(?:^|[/\\])\.\.(?:[/\\]|$)")  # out of the folder that a pattern names


def within(limit: Mapping[str, Any], value: Any) -> bool:
    """Is ``value`` (each element of a list) inside the limit? What cannot be read is outside."""
    if isinstance(value, list):
        return bool(value) and not any(isinstance(element, list) for element in value) and all(
            within(limit, element) for element in value
        )  # fmt: skip
    if limit == ANY_WORDS:
        return isinstance(value, str)
    if not limit or set(limit) - KEYS:
        return False
    if "only" in limit:
        only = limit["only"]
        if not isinstance(only, list | tuple) or not any(_matches(pattern, value) for pattern in only):
            return False
    return all(
        is_number(value)
        and is_number(limit[end])
        and (value >= limit[end] if end == "min" else value <= limit[end])
        for end in ("min", "max")
        if end in limit
    )


def is_number(value: Any) -> bool:
    """A whole number or one with decimals, of a size that anybody could mean."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e30


def numeral(value: int | float) -> str:
    """A number as a pattern writes it: ``5`` for 5 and 5.0, ``0.1`` for 0.10."""
    text = f"{Decimal(repr(value)):f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    return numeral(value) if isinstance(value, int | float) and is_number(value) else None


def _matches(pattern: Any, value: Any) -> bool:
    text = _text(value)
    if not isinstance(pattern, str) or text is None:
        return False
    match shape(pattern):
        case Exact(exact):
            return fold(text) == exact
        case Glob(glob):
            return plain(text, glob) and covers(glob, fold(text))
        case At(local, domain):
            return address_at(local, domain, text)
    return False


def names(limit: Mapping[str, Any], value: str) -> bool:
    """Does the limit hold exactly this value? A star names nothing."""
    only = limit.get("only", ())
    own = isinstance(only, list | tuple)
    return own and any(isinstance(pattern, str) and shape(pattern) == Exact(fold(value)) for pattern in only)


@dataclass(frozen=True, slots=True)
class Exact:
    text: str


@dataclass(frozen=True, slots=True)
class Glob:
    text: str


@dataclass(frozen=True, slots=True)
class At:
    """Addresses: the name before the @ as a glob; a domain, ``*.`` and a domain, or ``*``."""

    local: str
    domain: str


@lru_cache(maxsize=1024)
def shape(pattern: str) -> Exact | Glob | At | None:
    """How a pattern is read; None where it cannot be."""
    local, at, domain = fold(pattern).rpartition("@")
    if "*" not in pattern and (local or not at or "." not in domain):
        return Exact(fold(pattern))
    if not at:
        return Glob(fold(pattern))
    own = domain.removeprefix(BELOW)
    if "@" in local or (domain != ANY_DOMAIN and not _domain(own, exotic=own == domain)):
        return None
    return At(local or "*", domain)


def _domain(domain: str, *, exotic: bool = False) -> bool:
    """Labels with dots between them. ``exotic``: as somebody wrote it, so letters of any language and ``xn--``."""
    labels = domain.split(".")
    if len(domain) > 253 or len(labels) < 2 or labels[-1].isdigit():
        return False
    if exotic:
        return all(label and all(sign.isalnum() or sign == "-" for sign in label) for label in labels)
    return all(DOMAIN_LABEL.fullmatch(label) and not label.startswith("xn--") for label in labels)


def address_at(local: str, domain: str, text: str) -> bool:
    """Is ``text`` one plain address of these? Whatever could be read as another address is none."""
    name, at, host = text.rpartition("@")
    if not at or len(name) > 64 or not domain_in(fold(host), domain):
        return False
    return LOCAL.fullmatch(name) is not None and covers(local, fold(name))


def in_domains(address: str, domains: Iterable[str]) -> bool:
    """One plain address of these domains?"""
    return any(address_at("*", domain, address) for domain in domains)


def domain_in(host: str, domain: str) -> bool:
    """``host`` is the domain, or one below ``*.``, or any plain one at all; folded texts."""
    if host == domain and host != ANY_DOMAIN and not host.startswith(BELOW):
        return True
    if domain == ANY_DOMAIN:
        return _domain(host)
    return domain.startswith(BELOW) and host.endswith(domain[1:]) and _domain(host)


def visible(text: str) -> bool:
    """Everything in it shows: no control, no turning around, no invisible letters."""
    return text.isprintable() and not LETTERS.intersection(text)


def plain(text: str, glob: str) -> bool:
    """May a glob stand for this at all? ``*`` alone for all that shows; others for no address and no way up."""
    if not visible(text):
        return False
    # The patterns' own characters stand for themselves; a star never stands for these.
    return glob == "*" or not ("@" in text or ("%" in text and "%" not in glob) or UPWARDS.search(text))


def covers(glob: str, text: str) -> bool:
    """Piece by piece from the left: no backtracking, so that no pattern takes long on any text."""
    if "*" not in glob:
        return glob == text
    first, *middle, last = glob.split("*")
    at, end = len(first), len(text) - len(last)
    if at > end or not text.startswith(first) or not text.endswith(last):
        return False
    for piece in middle:
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def in_words(limit: Mapping[str, Any]) -> str:
    """A limit for a reader: ``“Invoices” or “News*”``, ``addresses at example.com``, ``3 or 5``, ``at most 10``."""
    if limit == ANY_WORDS:
        return "in any words"
    low, high = (numeral(limit[end]) if is_number(limit.get(end)) else None for end in ("min", "max"))
    if set(limit) - KEYS or ("min" in limit and low is None) or ("max" in limit and high is None):
        return "nothing, because the limit cannot be read"
    if only := limit.get("only"):
        words = [str(pattern) if low is not None else _said(str(pattern)) for pattern in only]
        return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
    if low is not None and high is not None:
        return low if low == high else f"{low} to {high}"
    if low is None and high is None:
        return "nothing, because the limit cannot be read"
    return f"at most {high}" if high is not None else f"at least {low}"


@lru_cache(maxsize=1024)
def _said(pattern: str) -> str:
    match shape(pattern):
        case Glob("*"):
            return "anything"
        case At("*", "*"):
            said = "any address"
        case At("*", domain) if domain.startswith(BELOW):
            said = f"addresses below {domain[2:]}"
        case At("*", domain):
            said = f"addresses at {domain}"
        case _:
            said = f"“{pattern}”"
    # Letters that look like others in an address are the oldest trick there is: they are spelled out.
    strange = sorted({sign for sign in pattern if not sign.isascii()}) if "@" in pattern else []
    spelled = ", ".join(f"“{sign}” is U+{ord(sign):04X}" for sign in strange)
    return f"{said} ({spelled})" if spelled else said
