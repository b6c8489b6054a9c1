"""What a person's yes vouches for: where a call went that they allowed is theirs for the rest of the task.

A destination counts wherever one of its kind is meant. An object counts where nobody else sees the call, and a value
for the same argument of the same capability: a yes to one thing is no yes to put it together with another.
"""

from decimal import Decimal

from agents.policy.codes import is_code
from agents.policy.declarations import Argument, Role
from agents.policy.language.amounts import read_number
from agents.policy.language.tokens import compared, is_exact
from agents.policy.results import CallResult
from agents.policy.values import given


class Vouched:
    """By what a value is and may be used for: the call that was allowed."""

    def __init__(self) -> None:
        self._calls: dict[tuple[str, ...], int] = {}
        self._endorsed: dict[str, int] = {}

    def allow(self, result: CallResult) -> None:
        """A call that a person allowed has been made. What they ticked with their yes is as if they had written it."""
        for text in result.endorsed:
            self._endorsed.setdefault(_same(text), result.call)
        for argument in result.capability.arguments:
            value = result.arguments.get(argument.name)
            if given(value) and not is_code(argument):
                for single in argument.values(value):
                    if (
                        isinstance(single, str)
                        and is_exact(single)
                        and (key := _key(argument, single, result.capability.name))
                    ):
                        self._calls.setdefault(key, result.call)

    def ticked(self, value: str) -> int | None:
        """The call with whose yes the person ticked it."""
        return self._endorsed.get(_same(value))

    def number(self, number: Decimal) -> int | None:
        """The same of an amount, however it is written."""
        amounts = ((read_number(text), call) for text, call in self._endorsed.items())
        return next((call for amount, call in amounts if amount == number), None)

    def call(self, argument: Argument, value: str, capability: str, *, shared: bool) -> int | None:
        """``shared``: others see the call."""
        key = None if shared and argument.role is Role.OBJECT else _key(argument, value, capability)
        return None if key is None else self._calls.get(key)


def _key(argument: Argument, value: str, capability: str) -> tuple[str, ...] | None:
    match argument.role:
        case Role.DEST if argument.kind:
            return "dest", argument.kind, _same(value)
        case Role.OBJECT if argument.kind:
            return "object", argument.kind, value
        case Role.VALUE:
            return "value", capability, argument.name, value
    return None


def _same(value: str) -> str:
    """Of a destination: an address has no letter case, a path has."""
    return compared(value) if "@" in value and "/" not in value else value
