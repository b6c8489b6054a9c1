"""Rows of the public benchmark's manifest, with its tools' own words, as capability declarations of ours.

Needs ``agentdojo``, which is no dependency of the portal, only for ``described``; nothing here imports Django.
"""

import re
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from agents.policy.declarations import Argument, Capability, Effect, Output, Role, Type

LONGEST = 100_000  # the benchmark's texts have no limit of their own


@dataclass(frozen=True, slots=True)
class Described:
    """A tool in its own words: what it says of itself, its arguments' types, those that may be left out."""

    text: str = ""
    types: Mapping[str, Any] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()


def described(tools: Iterable[Any]) -> dict[str, Described]:
    """By name, from AgentDojo's ``suite.tools``."""
    found = {}
    for tool in tools:
        fields = tool.parameters.model_fields
        found[tool.name] = Described(
            tool.description,
            {name: one.annotation for name, one in fields.items()},
            frozenset(name for name, one in fields.items() if not one.is_required()),
        )
    return found


def of_suites(names: Iterable[str], benchmark: str = "v1.2.2") -> dict[str, Described]:
    """The descriptions of the first suite of AgentDojo that has all these tools, or of what it has of them."""
    from agentdojo.task_suite.load_suites import get_suites

    wanted = set(names)
    suites = [described(suite.tools) for suite in get_suites(benchmark).values()]
    return max(suites, key=lambda suite: len(wanted & set(suite)))


def capabilities(tools: Mapping[str, Any], descriptions: Mapping[str, Described]) -> dict[str, Capability]:
    """``tools`` are rows as ``dojoguard.harness.load_tools`` gives them; what nobody described is text."""
    return {name: _capability(tool, descriptions.get(name, Described())) for name, tool in tools.items()}


def _capability(tool: Any, own: Described) -> Capability:
    words = tool.name.replace(".", " ").replace("_", " ")
    return Capability(
        name=tool.name,
        title=words,
        says=words.capitalize(),
        effect=Effect(tool.effect),
        arguments=tuple(_argument(tool, name, *role, own) for name, role in tool.args.items()),
        output=Output(tool.out == "trusted", tool.private, tuple(tool.gives.items())),
        description=re.sub(r"\s+", " ", own.text).strip(),
        tells=tool.tells,
        label=tool.label,
    )


def _argument(tool: Any, name: str, role: str, kind: str, own: Described) -> Argument:
    return Argument(
        name=name,
        role=Role(role),
        title=name.strip("_").replace("_", " ").capitalize(),
        type=_type(own.types.get(name)),
        required=name not in own.optional,
        kind=kind,
        safe=tuple(_text(value) for value in tool.safe.get(name, ())),
        longest=LONGEST,
    )


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _type(annotation: Any) -> Type:
    """``list[str] | None`` is texts; what we have no type for (an enum) goes over the wire as text."""
    kinds = typing.get_args(annotation) if _is_union(annotation) else (annotation,)
    for kind in kinds:
        if typing.get_origin(kind) is list:
            return Type.TEXTS
        if kind is bool:
            return Type.FLAG
        if kind in (int, float):
            return Type.NUMBER
    return Type.TEXT


def _is_union(annotation: Any) -> bool:
    return typing.get_origin(annotation) in (typing.Union, types.UnionType)
