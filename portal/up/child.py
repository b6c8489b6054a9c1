"""One of the portal's processes as ``up`` starts it: it says when it is ready, and ends when its owner does.

``python -m portal.up.child LINE web LISTENING | worker | beat SCHEDULE``: LINE and LISTENING are the numbers
of inherited sockets. The other end of LINE is the owner's alone: when the owner is gone, killed even, LINE
ends, and the process takes itself and all that it started away. (A parent-death signal would do this on Linux
only, and not for what a process started.)
"""

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

GRACE = 5.0  # seconds that an orphan has for ending in good order
READY = b"r"


def main() -> None:
    line = socket.socket(fileno=int(sys.argv[1]))
    threading.Thread(target=_end_with, args=(line,), daemon=True).start()
    kinds: dict[str, Callable[..., None]] = {"web": web, "worker": worker, "beat": beat}
    kinds[sys.argv[2]](line, *sys.argv[3:])


def _end_with(line: socket.socket) -> None:
    while line.recv(16):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os.killpg(0, signal.SIGKILL)


def web(line: socket.socket, listening: str) -> None:
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            line.send(READY)

    config = uvicorn.Config(
        "portal.asgi:application",
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=5,
    )
    Server(config).run(sockets=[socket.socket(fileno=int(listening))])


def worker(line: socket.socket) -> None:
    from celery.signals import worker_ready, worker_shutdown

    from portal.celery import app

    def ready(**kwargs: Any) -> None:
        line.send(READY)

    def done(**kwargs: Any) -> None:
        os._exit(0)  # everything has ended; the pool's threads would take seconds to notice

    worker_ready.connect(ready)
    worker_shutdown.connect(done)
    # There is no other worker to meet.
    alone = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    app.worker_main(["worker", "--concurrency", "2", "--loglevel", "WARNING", *alone])


def beat(line: socket.socket, schedule: str) -> None:
    from celery.signals import beat_init

    from portal.celery import app

    def ready(**kwargs: Any) -> None:
        line.send(READY)

    beat_init.connect(ready)
    app.start(["beat", "--schedule", schedule, "--pidfile=", "--loglevel", "WARNING"])


if __name__ == "__main__":
    main()
