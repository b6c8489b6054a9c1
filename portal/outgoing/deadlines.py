"""No server holds a task for ever: a connection that took too long in all, whatever it dripped, is cut."""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator


class Deadlines:
    """One thread for a process, which sleeps until the first of the deadlines."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._open: dict[object, tuple[float, socket.socket]] = {}
        self._process = 0

    @contextlib.contextmanager
    def within(self, seconds: float, connection: socket.socket) -> Iterator[None]:
        mine = object()
        with self._changed:
            if self._process != os.getpid():  # a forked process has no threads of its parent
                self._process, self._open = os.getpid(), {}
                threading.Thread(target=self._watch, name="deadlines", daemon=True).start()
            self._open[mine] = (time.monotonic() + seconds, connection)
            if len(self._open) == 1:
                self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
                self._open.pop(mine, None)

    def _watch(self) -> None:
        while True:
            with self._changed:
                now = time.monotonic()
                for key, (until, connection) in list(self._open.items()):
                    if until <= now:
                        del self._open[key]
                        with contextlib.suppress(OSError):
                            connection.shutdown(socket.SHUT_RDWR)
                self._changed.wait(1.0 if self._open else None)


deadlines = Deadlines()
