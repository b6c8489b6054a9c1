"""What was heard, and the looks that it leads to: at once, never two at a time of one connection, not too often."""

import logging
import threading
import time

from django.db import Error, connections

from agents.schedules import firing
from agents.watching import looks

log = logging.getLogger(__name__)

HANDS = 4  # looks at once: a server that takes its time keeps no other waiting
PAUSE = 1.0  # seconds between two looks at one connection, however much is heard
RETRY = 2.0  # seconds until a look that the database refused
IDLE = 10.0  # seconds after which a hand lets go of its database session


class Looks:
    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._due: dict[int, float] = {}  # by connection, when
        self._begun: dict[int, float] = {}  # when it was looked at last
        self._under_way: set[int] = set()
        self._ended = False
        self._hands = [threading.Thread(target=self._work, name="looks", daemon=True) for _ in range(HANDS)]

    def start(self) -> None:
        for hand in self._hands:
            hand.start()

    def heard(self, connection: int) -> None:
        """Look there now. What is heard while a look is under way leads to one more."""
        with self._changed:
            now = time.monotonic()
            self._due.setdefault(connection, max(now, self._begun.get(connection, now - PAUSE) + PAUSE))
            self._changed.notify()

    def end(self, seconds: float) -> None:
        """What was heard and not looked at yet is found by the clock."""
        until = time.monotonic() + seconds
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        for hand in self._hands:
            hand.join(max(0.0, until - time.monotonic()))

    def _work(self) -> None:
        while (connection := self._next()) is not None:
            again = False
            try:
                looks.heard(connection)
                firing.look(connection)
            except Error as error:
                log.warning("Connection %s is looked at later: %s", connection, str(error).strip())
                connections.close_all()
                again = True
            except Exception:
                log.exception("Connection %s could not be looked at", connection)
            with self._changed:
                self._under_way.discard(connection)
                if again:
                    self._due.setdefault(connection, time.monotonic() + RETRY)
                self._changed.notify()
        connections.close_all()

    def _next(self) -> int | None:
        """Blocks until one is due; None at the end."""
        with self._changed:
            while not self._ended:
                now = time.monotonic()
                first = min(
                    ((at, one) for one, at in self._due.items() if one not in self._under_way), default=None
                )
                if first is None:
                    if not self._changed.wait(IDLE):
                        connections.close_all()
                elif first[0] > now:
                    self._changed.wait(first[0] - now)
                else:
                    one = first[1]
                    del self._due[one]
                    self._under_way.add(one)
                    self._begun[one] = now
                    return one
        return None
