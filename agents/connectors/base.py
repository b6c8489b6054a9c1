"""What a connector is: a folder with declarations, a settings form and the code that performs a call.

To add one: a folder beside ``mail`` with a subclass of :class:`Connector` and a ``plugin.py``, one line in
``settings.PLUGINS``, and nothing else; the contract tests over all connectors find it there.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from django import forms

from agents.connectors.listening import Listens
from agents.connectors.previews import Previews
from agents.connectors.results import Awaited, Scrubbed
from agents.connectors.results import Result as Result
from agents.connectors.secrets_of import HasSecrets
from agents.connectors.signing_in import SignsIn
from agents.connectors.watched import Watches
from agents.policy.declarations import Capability
from portal.outgoing.inside import Network
from portal.scrubbing import scrubbed


class ConnectorError(Exception):
    """The call did not happen, and why, in words that the model and the person may both read.

    A secret that a system repeats is taken out of them, as out of all that a connector gives back.
    """

    def __init__(self, *words: str) -> None:
        super().__init__(*(scrubbed(str(one)) for one in words))


class Unavailable(ConnectorError):
    """The call did not happen because the system is away for now: the same call may work in a moment.

    ``retry_after``: seconds that the system asks to wait, where it does.
    """

    retry_after: float = 0.0


class Busy(Unavailable):
    """Somebody else uses what the call needs."""


def no_token(refused: str = "") -> str:
    raise ConnectorError("Nobody has signed in for this connection. Sign in on its page.")


@dataclass(frozen=True, slots=True)
class ConnectionContext:
    """One connection as its connector sees it: where, and with which secret (decrypted only for the call).

    ``secrets``: by name, where its kind has several; those that nobody entered are left out.

    ``token`` gives an access token that is good for now, where a person signed in at the system's provider, and
    another one than that which the system ``refused``. Ask when it is needed, keep it for no other call. Raises
    ConnectorError; Unavailable where the provider is away. ``account``: who signed in there, as the provider names
    them; empty where nobody did. ``inside``: networks that are not public and may be
    reached all the same.
    """

    id: int
    name: str
    settings: Mapping[str, Any]
    secret: str = field(default="", repr=False)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    token: Callable[..., str] = field(default=no_token, repr=False, compare=False)
    account: str = ""
    inside: tuple[Network, ...] = ()


@dataclass(frozen=True, slots=True)
class CallContext:
    """One permitted call. ``key`` is the idempotency key; agent, task and person are for what the call leaves.

    ``person_name`` is known where the call is performed. ``bounds``: what its grant sets (``Argument.bound``).
    ``from_others``: may others have had a say in what it writes?
    ``sources``: what of others' the task had read, by what it did, with the numbers of the calls.
    """

    capability: str
    arguments: Mapping[str, Any]
    key: str
    agent: int
    agent_name: str
    task: int
    person: int
    person_name: str = ""
    bounds: Mapping[str, Any] = field(default_factory=dict)
    from_others: bool = True
    sources: Mapping[str, Sequence[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checked(Scrubbed):
    """What a test of a connection found: ``note`` in one line, ``40 messages``.

    ``rights``: what its credentials may do, by capability: empty where they may, else why not in a few words. What is
    left out was not to be found out. ``ends_at``: when the system takes these credentials no longer, where it says so.
    """

    note: str
    rights: Mapping[str, str] = field(default_factory=dict)
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Observed(Scrubbed):
    """How a thing is now: a short sentence for people, and whether that is as the call would have made it.

    ``same`` is None where there is nothing to compare yet. The sentence changes when the thing does.
    """

    text: str
    same: bool | None = None


@dataclass(frozen=True, slots=True)
class Item(Scrubbed):
    """A work item that a done call brought: a thing in the other system that may turn out to be a result.

    ``external_id`` stays the same as long as the thing does; case and signs tell no two apart.
    """

    external_id: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """The system says that a work item is done: since when, by whom (an e-mail), and whether it was undone since."""

    since: datetime
    by: str = ""
    reversed_at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """An instruction as a person could give it, and the capabilities that an agent needs for it."""

    text: str
    needs: frozenset[str]


@dataclass(frozen=True, slots=True)
class EventKind:
    """Something that happens in the system and may start a task: ``mail.arrived``, “a new message in a folder”.

    The portal looks only where the agent could: it holds a live grant of ``needs``, which covers the place as this
    ``argument``. ``place`` is what the field for the place is called; empty: there is none to choose.
    """

    name: str
    title: str
    needs: str
    argument: str = ""
    place: str = ""
    usual: str = ""


@dataclass(frozen=True, slots=True)
class Watch:
    """What is looked for, and from where on: ``cursor`` is what the look before returned, None at the first."""

    event: str
    place: str
    agent: int
    agent_name: str
    person: int
    cursor: Any


@dataclass(frozen=True, slots=True)
class Happened(Scrubbed):
    """One event. ``key`` names it for good; ``text`` tells the agent of it and is nobody's order."""

    key: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class News:
    """What happened since the look before. Of a first look nothing did: it only says from where on."""

    happened: tuple[Happened, ...]
    cursor: Any


class Connector(Listens, Watches, Previews, SignsIn, HasSecrets, ABC):
    """A plug-in. Instances hold no state: the same one serves every connection of its kind."""

    kind: ClassVar[str]
    title: ClassVar[str]
    brand: ClassVar[bool] = False  # is the title a name, with a capital letter also within a sentence?
    description: ClassVar[str]
    icon: ClassVar[str]  # a heroicon's name
    capabilities: ClassVar[tuple[Capability, ...]]
    settings_form: ClassVar[
        type[forms.Form]
    ]  # ``more``, where it has that: names of fields that few people need
    personal: ClassVar[bool] = True  # may a person have one of their own, on which they grant to themselves?
    # How the trail says each: what is to be done, and that it was; “in” the connection follows.
    deeds: ClassVar[Mapping[str, tuple[str, str]]] = {}
    # The capability, with ``to`` and ``text``, by which an agent tells its person something.
    tells: ClassVar[str] = ""
    # The capabilities by which an agent keeps something for later tasks (``text``), looks it up (``about``), tidies it.
    notes: ClassVar[str] = ""
    recalls: ClassVar[str] = ""
    tidies: ClassVar[str] = ""
    # What it keeps says where it came from: then it is told (``CallContext.from_others``, ``sources``).
    keeps_origins: ClassVar[bool] = False
    examples: ClassVar[tuple[Example, ...]] = ()  # shown where a task is queued
    events: ClassVar[tuple[EventKind, ...]] = ()  # that ``news`` can tell of
    # What a done call adds to the counts, by capability: counted so where a person, and no result, says it is done.
    counted: ClassVar[Mapping[str, Mapping[str, int]]] = {}

    def capability(self, name: str) -> Capability | None:
        return next((capability for capability in self.capabilities if capability.name == name), None)

    def allowed_for(self, settings: Mapping[str, Any], owner: str | None) -> str:
        """May the person with the e-mail ``owner`` use these settings as their own connection? None: a shared one.

        Returns why not as a sentence, or the empty text.
        """
        return ""

    @abstractmethod
    def check(self, connection: ConnectionContext) -> Checked:
        """Try the connection without changing anything. Raises ConnectorError with the remedy.

        Unavailable where its system is away for now: then nobody is told until it has been so for a while.
        """

    @abstractmethod
    def perform(self, connection: ConnectionContext, call: CallContext) -> Result | Awaited:
        """Do it. Raises ConnectorError when it did not happen; any other exception leaves the call unknown.

        What makes a new thing makes one for each key. Another payload under the same key is a ConnectorError.

        Unavailable or Busy where it may work in a moment: then it is tried again, and the model is not told yet.
        Awaited where it began and goes on there: the portal looks until it has ended (``look``).
        """

    def reconcile(self, connection: ConnectionContext, call: CallContext) -> Result | Awaited | None:
        """Did this call happen already (by its key)? None: it did not. Raises ConnectorError: cannot tell."""
        raise ConnectorError(f"{self.title} cannot tell whether a call happened.")

    def observe(self, connection: ConnectionContext, call: CallContext) -> Observed | None:
        """How is the thing now that this call, which was not done, would have changed? None: cannot tell.

        Changes nothing and is cheap: it is asked for every call that was only written down, again and again.
        Raises ConnectorError when the connection cannot be looked at.
        """
        return None

    def items(self, call: CallContext, result: Result) -> tuple[Item, ...]:
        """The work items that this done call brought. They count once ``verified`` says so, never before."""
        return ()

    def system(self, connection: ConnectionContext) -> str:
        """The system that the items are in. Where two connections may reach the same one, both must say the same."""
        return f"{self.kind} {connection.id}"

    def verified(self, connection: ConnectionContext, external_id: str) -> Verification | None:
        """Is this work item done, and was it undone since? None: not yet, or no longer to be found.

        Only what no agent can bring about by itself counts. Changes nothing and is cheap: it is asked again and again.
        Raises ConnectorError when the connection cannot be looked at.
        """
        return None

    def news(self, connection: ConnectionContext, watch: Watch) -> News:
        """What happened since ``watch.cursor``, each event once, the earliest first. Changes nothing and is cheap.

        Raises ConnectorError when the connection cannot be looked at.
        """
        raise ConnectorError(f"{self.title} cannot tell what happens there.")
