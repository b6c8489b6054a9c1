"""A system that tells at once that something happened: what a connector brings for that, if it can."""

from collections.abc import Callable, Mapping
from threading import Event
from typing import Any, ClassVar


class Listens:
    """Part of every connector. Without it only the clock looks what happened, every few seconds.

    ``listen`` runs in a thread of its own, in the process ``manage.py listen``: one for a connection, however many
    machines there are. What is heard says only that it is time to look (``news``), so what gets lost does no harm.
    """

    # Also where no schedule waits for one of its ``events``.
    always_heard: ClassVar[bool] = False

    def hears(self, settings: Mapping[str, Any]) -> bool:
        """May there be something to hear with these settings? Asks nobody."""
        return False

    def hears_of(self, places: frozenset[str]) -> frozenset[str]:
        """Those of these places (``EventKind.place``) of which ``listen`` tells; at the others the clock looks."""
        return places

    def listen(
        self,
        connection: Any,
        heard: Callable[[], None],
        stopped: Event,
        places: frozenset[str] = frozenset(),
    ) -> None:
        """``connection``: a ConnectionContext. Block until ``stopped`` is set, or there is trouble.

        Look every two seconds at least whether it is set.

        Call ``heard`` as soon as nothing can be missed any more, and each time something may have happened; it does
        not block and may be called from any thread. ``places``: where schedules wait (``EventKind.place``); when they
        change, it is stopped and begun anew, as it is for other settings or secrets.

        Raises Unavailable: tried again within seconds, then ever later, up to a minute; so does any other exception.
        ConnectorError: nobody is let in; tried again after a minute, then ever later. Returns where this server cannot
        tell at once: asked again after an hour. A broken peer must be noticed by a wait that is bounded. A session with
        the database that it opens it closes before it waits (``django.db.connections.close_all``).
        """
        raise NotImplementedError
