"""One call as the rules look at it: made once, and handed down to all that decides, asks or explains.

``Evaluation`` is the request with the facts. ``CallOrigins`` remembers what was found out about the call whatever the
grant; ``GrantedCall`` is the same call under one grant. How origins are found out: ``value_origins``, ``text_origins``.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from agents.policy.declarations import Argument, Capability, Effect, Role
from agents.policy.facts import Agreed, Facts, GrantFact, Request
from agents.policy.language.tokens import compared, is_exact
from agents.policy.provenance import Provenance
from agents.policy.values import given

Found = TypeVar("Found")


@dataclass(frozen=True)
class CallOrigins:
    """What is known about where the values and texts of a call come from. Nothing of it depends on a grant."""

    capability: Capability
    arguments: Mapping[str, Any]
    known: Provenance
    connection: int = 0
    _found: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    def once(self, key: Hashable, find: Callable[[], Found]) -> Found:
        """What was found out under this key; at first that is done."""
        if key not in self._found:
            self._found[key] = find()
        found: Found = self._found[key]
        return found

    def found(self, key: Hashable) -> Any:
        """What was found out under this key; None where nothing was yet."""
        return self._found.get(key)

    @cached_property
    def reaches_others(self) -> bool:
        """Irreversible, or a write whose guests are told."""
        told = self.arguments.get(self.capability.tells) if self.capability.tells else None
        return self.capability.effect in {Effect.IRREVERSIBLE, Effect.DESTRUCTIVE} or given(told)

    @cached_property
    def shared(self) -> bool:
        """Will somebody else see it? Then no word of it is the agent's choice."""
        return self.reaches_others or self.capability.effect is Effect.FETCH

    @cached_property
    def worded(self) -> tuple[Argument, ...]:
        """The arguments that hold words: names, contents, and what a fetch asks for."""
        roles = {Role.NAME, Role.CONTENT} | (
            {Role.QUERY} if self.capability.effect is Effect.FETCH else set()
        )
        arguments = (argument for argument in self.capability.arguments if argument.role in roles)
        return tuple(argument for argument in arguments if given(self.arguments.get(argument.name)))


@dataclass(frozen=True)
class GrantedCall:
    """A call under one grant. ``agreed``: a person's yes to calls like it, which counts under this grant.

    ``private``: only the task's own person reads what it writes.
    """

    call: CallOrigins
    grant: GrantFact
    agreed: Agreed | None = None
    private: bool = False

    def free(self, argument: Argument) -> bool:
        """May it hold words that are not the person's? The grant says so, or a yes to calls like this one; or nobody
        but the person reads them."""
        return self.agreed is not None or self.private or bool(self.grant.limits.get(argument.name))

    @cached_property
    def bound(self) -> tuple[str, ...]:
        """The worded arguments that must be the person's words."""
        return tuple(argument.name for argument in self.call.worded if not self.free(argument))


@dataclass(frozen=True)
class Evaluation:
    """A request and all that is true at the moment."""

    request: Request
    facts: Facts

    @cached_property
    def origins(self) -> CallOrigins | None:
        """None where no connector declares the capability, or nothing is known of the person's words."""
        capability, known = self.request.capability, self.facts.provenance
        if capability is None or known is None:
            return None
        return CallOrigins(capability, self.request.arguments, known, self.request.connection)

    def under(self, grant: GrantFact) -> GrantedCall | None:
        if self.origins is None:
            return None
        return GrantedCall(self.origins, grant, self.agreed(grant), self.private)

    @cached_property
    def private(self) -> bool:
        """Does the agent tell its task's person something, and nobody else?"""
        origins = self.origins
        if origins is None or not self.facts.tells:
            return False
        readers = [
            reader
            for argument in origins.capability.arguments
            if argument.role is Role.DEST and given(origins.arguments.get(argument.name))
            for reader in argument.values(origins.arguments[argument.name])
        ]
        own = origins.known.own
        return bool(readers) and all(is_exact(str(one)) and compared(str(one)) in own for one in readers)

    def agreed(self, grant: GrantFact) -> Agreed | None:
        """A person's yes to calls like this one: same destinations, objects and values, other words."""
        request = self.request
        if not self.facts.agreed or request.capability is None:
            return None
        fixed = [argument.name for argument in request.capability.arguments if not argument.open]
        for yes in self.facts.agreed:
            same = (yes.capability, yes.connection) == (request.name, request.connection)
            current = (yes.grant, yes.version) == (grant.id, grant.version)
            if same and current and all(
                yes.arguments.get(name) == request.arguments.get(name) for name in fixed
            ):  # fmt: skip
                return yes
        return None

    @property
    def outside_envelope(self) -> bool:
        envelope = self.facts.envelope
        return envelope is not None and (self.request.name, self.request.connection) not in envelope
