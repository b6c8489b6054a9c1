"""A call that goes on in its system after it was made: what a connector brings so that code watches it to its end."""

from typing import Any

from agents.connectors.results import Awaited, Ended
from portal.later import later


class Watches:
    """Part of every connector. ``perform`` (and ``reconcile``) may give ``Awaited`` back instead of a result.

    From then on the portal looks, at the connector's pace and as soon as the system tells of it, for as long as the
    agent could still make the call itself: under a live grant that covers it, and that no stop holds back.
    """

    def look(self, connection: Any, call: Any, cursor: Any) -> Awaited | Ended:
        """How is it now? ``cursor``: what the call, or the look before, gave. Changes nothing, is cheap, and may be
        asked twice for the same moment. ``connection`` is a ConnectionContext, ``call`` the CallContext of the call.

        Raises ConnectorError where it cannot be looked at now: then it is tried again, ever later, until the call's
        time is over.
        """
        raise NotImplementedError


def happened(connection: int, about: str = "") -> None:
    """A web hook, or something like it, said that something happened there: look at once at what waits for it.

    ``about``: as ``Awaited.about``; empty: at all that waits on this connection. Sent when the transaction commits.
    What gets lost is found by the clock.
    """
    later("agents.heard", connection, about)
