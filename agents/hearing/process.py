"""The process that listens: an ear for each connection that there is something to hear of, one for all machines.

The locks of its database session say which connections are its own. When the session is lost, the ears stay while the
database is away, and each goes on if its lock can be had again.
"""

import logging
import time
from collections.abc import Callable

from django.db import Error, connection, connections

from agents.connections.heard import HEARS, LISTENS, listened
from agents.hearing.ear import Ear
from agents.hearing.looks import Looks
from agents.hearing.wanted import Wanted, wanted
from portal import locking
from portal.clock.models import Tick
from portal.sessions import database_now

log = logging.getLogger(__name__)

MOST = 200  # connections of one process; another one takes those beyond
ROUND = 2.0  # seconds between two looks at what there is to hear
SEEN = 15.0  # seconds between two signs that it lives
GRACE = 4.0  # seconds in which all must have ended
TICK = "listen"


class Process:
    def __init__(self) -> None:
        self.ears: dict[int, Ear] = {}
        self.looks = Looks()
        self._session: object = None  # in which the locks were taken
        self._mine: set[int] = set()
        self._hears: set[int] = set()
        self._seen = float("-inf")
        self._beyond = 0

    def run(self, began: Callable[[], object] = lambda: None) -> None:
        """Until it is interrupted."""
        self.looks.start()
        try:
            while True:
                self.turn()
                began()
                time.sleep(ROUND)
        except KeyboardInterrupt:
            self.end()

    def turn(self) -> None:
        """Ears for what there is to hear now. A database that is away changes nothing."""
        try:
            self._turn()
        except Error as error:
            log.warning("What there is to hear is not known now: %s", str(error).strip())
            connections.close_all()

    def _turn(self) -> None:
        connection.ensure_connection()
        if connection.connection is not self._session:
            self._session, self._mine, self._hears = connection.connection, set(), set()
        now = {one.connection: one for one in wanted()}
        for pk, ear in list(self.ears.items()):
            self._keep(pk, ear, now.get(pk))
        new = now.keys() - self.ears.keys()
        free = new - listened(new) if new else new
        self._say(len(free) - max(0, MOST - len(self.ears)))
        for pk in [pk for pk in now if pk in free][: max(0, MOST - len(self.ears))]:
            if locking.take(LISTENS, pk):
                self._mine.add(pk)
                self._begin(now[pk])
        self._show()

    def _keep(self, pk: int, ear: Ear, one: Wanted | None) -> None:
        """Goes on, or ends where it is not wanted as it is or another process has it. Its lock goes when it ended."""
        if pk not in self._mine and locking.take(LISTENS, pk):
            self._mine.add(pk)
        if one != ear.wanted or pk not in self._mine:
            ear.stopped.set()
        if ear.hears != (pk in self._hears):
            self._show_hears(pk, hears=ear.hears)
        if ear.is_alive():
            return
        del self.ears[pk]
        self._show_hears(pk, hears=False)
        if pk in self._mine and one is not None:
            self._begin(one)
        elif pk in self._mine:
            self._mine.discard(pk)
            locking.leave(LISTENS, pk)

    def _begin(self, one: Wanted) -> None:
        self.ears[one.connection] = ear = Ear(one, self.looks.heard)
        ear.start()

    def _show_hears(self, pk: int, *, hears: bool) -> None:
        if hears and locking.take(HEARS, pk):
            self._hears.add(pk)
        elif not hears and pk in self._hears:
            self._hears.discard(pk)
            locking.leave(HEARS, pk)

    def _say(self, beyond: int) -> None:
        if beyond > 0 and not self._beyond:
            log.warning("%s connections are beyond the %s of this process: start another.", beyond, MOST)
        self._beyond = max(0, beyond)

    def _show(self) -> None:
        """Somebody listens."""
        if time.monotonic() - self._seen >= SEEN:
            Tick.objects.update_or_create(name=TICK, defaults={"done_at": database_now()})
            self._seen = time.monotonic()

    def end(self) -> None:
        until = time.monotonic() + GRACE
        for ear in self.ears.values():
            ear.stopped.set()
        for ear in self.ears.values():
            ear.join(max(0.0, until - time.monotonic()))
        self.looks.end(max(0.0, until - time.monotonic()))
        connections.close_all()
