"""What a connector says where people sign in at a provider instead of storing a password."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from agents.policy.declarations import Capability


class SignsIn:
    """A part of every connector."""

    capabilities: ClassVar[tuple[Capability, ...]]
    # May a person sign in at a provider (``ConnectionContext.token``)?
    signs_in: ClassVar[bool] = False

    def possible(self, settings: Mapping[str, Any]) -> Collection[str]:
        """The capabilities that these settings make possible: a sign-in asks for no more."""
        return [capability.name for capability in self.capabilities]

    def account(self, settings: Mapping[str, Any]) -> str:
        """As whom a connection that a team shares signs in: its own account, never a person's. Empty: it cannot."""
        return ""
