"""What a person's yes vouches for: where a call went that they allowed is theirs for the rest of the task.

It counts wherever a destination of its kind is meant. Things and values are asked about each time: a label for one mail
is none for the next. One yes is one effect, so what was done once asks again.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from agents.policy.declarations import Argument, Capability, Effect, Role
from agents.policy.language.amounts import read_number
from agents.policy.language.tokens import compared, is_exact
from agents.policy.results import CallResult
from agents.policy.shapes import shape
from agents.policy.values import given, leaves


class Vouched:
    """By what a value is and may be used for: the call that was allowed."""

    def __init__(self) -> None:
        self._calls: dict[tuple[str, ...], int] = {}
        self._endorsed: dict[str, int] = {}
        self._made: set[str] = set()

    def allow(self, result: CallResult) -> None:
        """A call that a person allowed has been made. What they ticked with their yes is as if they had written it."""
        for text in result.endorsed:
            self._endorsed.setdefault(_same(text), result.call)
        self._made.add(_whole(result.capability, result.arguments))
        for argument in result.capability.arguments:
            value = result.arguments.get(argument.name)
            if given(value) and argument.role is Role.DEST and argument.kind:
                for single in argument.values(value):
                    if isinstance(single, str) and is_exact(single):
                        self._calls.setdefault(_place(argument, single), result.call)

    def ticked(self, value: str) -> int | None:
        """The call with whose yes the person ticked it."""
        return self._endorsed.get(_same(value))

    def number(self, number: Decimal) -> int | None:
        """The same of an amount, however it is written."""
        amounts = ((read_number(text), call) for text, call in self._endorsed.items())
        return next((call for amount, call in amounts if amount == number), None)

    def call(
        self, argument: Argument, value: str, capability: Capability, arguments: Mapping[str, Any]
    ) -> int | None:
        """The call that vouches for a value of a call with these arguments. A page may be read again."""
        if argument.role is not Role.DEST or not argument.kind:
            return None
        if capability.effect is not Effect.FETCH and _whole(capability, arguments) in self._made:
            return None
        return self._calls.get(_place(argument, value))


def _place(argument: Argument, value: str) -> tuple[str, ...]:
    return "place", argument.kind, _same(value)


def _whole(capability: Capability, arguments: Mapping[str, Any]) -> str:
    """Equal for calls that do the same to the same: letter case, texts and the order of lists aside."""
    plain = {name: sorted(compared(str(leaf)) for leaf in leaves(value)) for name, value in arguments.items()}
    return shape(capability, 0, plain)


def _same(value: str) -> str:
    """Of a destination: an address has no letter case, a path has."""
    return compared(value) if "@" in value and "/" not in value else value
