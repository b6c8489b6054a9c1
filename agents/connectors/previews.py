"""What would happen if a call were allowed, as its system shows it now: for the person who answers its ask."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Preview:
    """``template`` is the connector's own and draws ``told``. ``against``: why the call would be refused now, if so.
    ``lasting``: what of it cannot be taken back, as sentences.
    """

    template: str
    told: Mapping[str, Any]
    against: str = ""
    lasting: tuple[str, ...] = ()


class Previews:
    """Part of every connector."""

    def preview(self, connection: Any, call: Any) -> Preview | None:
        """Shown beside the ask, whenever its page is opened. Changes nothing there. None: there is nothing to show.

        ``connection`` is a ConnectionContext, ``call`` the CallContext of the call that waits. Raises ConnectorError.
        """
        return None
