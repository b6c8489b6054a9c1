"""An ear: the thread that listens to one connection, and begins anew after trouble, ever later."""

import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.db import connections

from agents.connections.models import Connection
from agents.connectors.base import ConnectionContext, ConnectorError, Unavailable
from agents.hearing.wanted import Wanted

log = logging.getLogger(__name__)

AWAY, REFUSED, DEAF = "away", "refused", "deaf"
# Seconds: the first pause, and the longest. Who is refused may be locked out for trying often.
PAUSES = {AWAY: (1.0, 60.0), REFUSED: (60.0, 900.0), DEAF: (3_600.0, 3_600.0)}
WELL = 60.0  # seconds of listening after which trouble counts as the first


def pause(trouble: str, times: int, spread: float) -> float:
    """Seconds until it is tried again. ``spread``: 0 to 1, so that all do not come back together."""
    first, longest = PAUSES[trouble]
    return min(longest, first * 2.0 ** min(times - 1, 20)) * (0.5 + spread)


class Ear(threading.Thread):
    """``hears``: nothing that happens is missed now."""

    def __init__(self, wanted: Wanted, heard: Callable[[int], None]) -> None:
        super().__init__(name=f"hears {wanted.connection}", daemon=True)
        self.wanted, self.stopped, self.hears = wanted, threading.Event(), False
        self._tell, self._said = heard, ""

    def run(self) -> None:
        times, before = 0, ""
        while not self.stopped.is_set():
            begun = time.monotonic()
            trouble = self._listen()
            self.hears = False
            if self.stopped.is_set():
                return
            again = trouble == before and time.monotonic() - begun < WELL
            times, before = times + 1 if again else 1, trouble
            self.stopped.wait(pause(trouble, times, random.random()))  # noqa: S311  (spreads load, guards nothing)

    def heard(self) -> None:
        self.hears = not self.stopped.is_set()
        self._tell(self.wanted.connection)

    def _listen(self) -> str:
        try:
            connection = Connection.objects.active().get(pk=self.wanted.connection)
            context = _letting_go(connection.context())
            connections.close_all()
            connection.connector.listen(context, self.heard, self.stopped, self.wanted.places)
        except Unavailable as error:
            return self._trouble(AWAY, str(error))
        except ConnectorError as error:
            return self._trouble(REFUSED, str(error))
        except Exception as error:  # a database that is away, too
            return self._trouble(AWAY, repr(error), error)
        finally:
            connections.close_all()
        return DEAF

    def _trouble(self, kind: str, why: str, error: Exception | None = None) -> str:
        """Said once, not each time it is tried."""
        if why != self._said and not self.stopped.is_set():
            self._said = why
            log.warning("Connection %s is not heard now: %s", self.wanted.connection, why, exc_info=error)
        return kind


def _letting_go(context: ConnectionContext) -> ConnectionContext:
    """To fetch a token takes a database session, and who listens for an hour must not keep it."""

    def token(*refused: Any) -> str:
        try:
            return context.token(*refused)
        finally:
            connections.close_all()

    return replace(context, token=token)
