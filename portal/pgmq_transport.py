"""pgmq's transport, but for how a queue is made: by one process at a time, and its trigger only where there is none.

The original drops the trigger of notices and makes it anew whenever a process speaks to the queue for the first time.
Two that do so at once end in a deadlock or an error, and a message is lost.
"""

from typing import Any

from kombu.transport import pgmq

MADE = """
    SELECT 1 FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE pg_class.relnamespace = 'pgmq'::regnamespace AND relname = 'q_' || %s
        AND tgname = 'trigger_notify_queue_insert_listeners'
"""
LOCK = "SELECT pg_advisory_xact_lock(hashtext('pgmq queue'), hashtext(%s))"


class Channel(pgmq.Channel):
    connection: Any
    pgmq: Any

    def _new_queue(self, queue: str, **kwargs: Any) -> None:
        name = self._queue_name(queue)
        with self.pgmq.pool.connection() as place:
            if place.execute(MADE, [name]).fetchone():
                return
            with place.transaction():
                place.execute(LOCK, [name])
                if not place.execute(MADE, [name]).fetchone():
                    place.execute("SELECT pgmq.create(%s)", [name])
                    throttle = self.notify_throttle_interval_ms
                    place.execute("SELECT pgmq.enable_notify_insert(%s, %s)", [name, throttle])

    def _maybe_enable_notify(self, queue: str, queue_name: str | None = None) -> None:
        """Only listen: the queue has had its trigger since it was made."""
        if self.use_notify:
            self.connection._register_notify_queue(queue_name or self._queue_name(queue))


class Transport(pgmq.Transport):
    Channel = Channel
