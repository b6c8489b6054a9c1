"""pgmq's transport, but for how a queue is made: by one process at a time, and its trigger only where there is none.

The original drops the trigger of notices and makes it anew whenever a process speaks to the queue for the first time.
Two that do so at once end in a deadlock or an error, and a message is lost. And a worker whose hands were all busy
looked for the next message at its next poll only: here the end of a task wakes it.
"""

import select
import socket
from contextlib import suppress
from typing import Any

from kombu.transport import pgmq

MADE = """
    SELECT 1 FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE pg_class.relnamespace = 'pgmq'::regnamespace AND relname = 'q_' || %s
        AND tgname = 'trigger_notify_queue_insert_listeners'
"""
# The table is not logged: after a crash it is empty, and without its row there are no notices.
THROTTLE = """
    INSERT INTO pgmq.notify_insert_throttle AS kept (queue_name, throttle_interval_ms) VALUES (%s, %s)
    ON CONFLICT (queue_name) DO UPDATE SET throttle_interval_ms = EXCLUDED.throttle_interval_ms
    WHERE kept.throttle_interval_ms <> EXCLUDED.throttle_interval_ms
"""
LOCK = "SELECT pg_advisory_xact_lock(hashtext('pgmq queue'), hashtext(%s))"


class Channel(pgmq.Channel):
    connection: Any
    pgmq: Any

    def _new_queue(self, queue: str, **kwargs: Any) -> None:
        name, throttle = self._queue_name(queue), self.notify_throttle_interval_ms
        with self.pgmq.pool.connection() as place:
            if place.execute(MADE, [name]).fetchone():
                place.execute(THROTTLE, [name, throttle])
                return
            with place.transaction():
                place.execute(LOCK, [name])
                if not place.execute(MADE, [name]).fetchone():
                    place.execute("SELECT pgmq.create(%s)", [name])
                    place.execute("SELECT pgmq.enable_notify_insert(%s, %s)", [name, throttle])

    def _maybe_enable_notify(self, queue: str, queue_name: str | None = None) -> None:
        """Only listen: the queue has had its trigger since it was made."""
        if self.use_notify:
            self.connection._register_notify_queue(queue_name or self._queue_name(queue))

    def basic_ack(self, delivery_tag: Any, multiple: bool = False) -> None:
        super().basic_ack(delivery_tag, multiple)  # type: ignore[no-untyped-call]
        self.connection.ring()

    def basic_reject(self, delivery_tag: Any, requeue: bool = False) -> None:
        super().basic_reject(delivery_tag, requeue)  # type: ignore[no-untyped-call]
        self.connection.ring()


class Waiter(pgmq._NotifyWaiter):
    """Waits for a notice, or for its bell."""

    def __init__(self, dsn: str) -> None:
        super().__init__(dsn)
        self._bell, self._rung = socket.socketpair()
        self._bell.setblocking(False)

    def ring(self) -> None:
        with suppress(OSError):  # it has rung so often already, or nobody waits any more
            self._bell.send(b".")

    def wait(self, timeout: float | None) -> bool:
        if super().wait(0):
            return True
        place = self._conn
        if place is None:  # the database is away
            return bool(super().wait(timeout))
        with suppress(OSError, ValueError):
            if self._rung in select.select([place.pgconn.socket, self._rung], [], [], timeout)[0]:
                self._rung.recv(1024)
                return True
        return bool(super().wait(0))

    def close(self) -> None:
        super().close()
        self._bell.close()
        self._rung.close()


class Transport(pgmq.Transport):
    Channel = Channel
    _notify_waiter: Waiter | None

    def _get_notify_waiter(self) -> Waiter:
        if self._notify_waiter is None:
            self._notify_waiter = Waiter(self._get_pgmq_client().config.dsn)
        return self._notify_waiter

    def ring(self) -> None:
        """There is room for a message: look for one now."""
        if self._notify_waiter is not None:
            self._notify_waiter.ring()
