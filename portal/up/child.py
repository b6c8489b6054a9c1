"""One of the portal's processes as ``up`` starts it: it says when it is ready, and ends when its owner does.

``python -m portal.up.child LINE web | worker | beat | COMMAND``: LINE is the number of an inherited socket. It closes
when the owner ends, even killed; then the process ends itself and all that it started, on every system.
"""

import os
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from queue import SimpleQueue
from typing import Any

GRACE = 5.0  # seconds that an orphan has for ending in good order
READY = b"r"


def main() -> None:
    os.umask(0o077)
    line = socket.socket(fileno=int(sys.argv[1]))
    given: SimpleQueue[int] = SimpleQueue()
    threading.Thread(target=_follow, args=(line, given), daemon=True).start()
    if sys.argv[2] == "web":
        web(line, given)
    elif sys.argv[2] == "worker":
        worker(line)
    elif sys.argv[2] == "beat":
        beat(line)
    else:
        command(line, sys.argv[2])


def _follow(line: socket.socket, given: "SimpleQueue[int]") -> None:
    """Take what the owner gives, and end when the owner has."""
    with suppress(ConnectionError):  # an owner that was killed before it read our READY
        while descriptors := socket.recv_fds(line, 16, 1)[1]:
            given.put(descriptors[0])
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os.killpg(0, signal.SIGKILL)


def web(line: socket.socket, given: "SimpleQueue[int]") -> None:
    """Load what takes time, then serve on the listening socket that is given when all else is prepared."""
    import uvicorn

    from portal import addresses
    from portal.asgi import application

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            line.send(READY)

    listening = socket.socket(fileno=given.get())
    addresses.served_at(*listening.getsockname()[:2])
    config = uvicorn.Config(
        application,
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=5,
        proxy_headers=False,  # it would believe everybody on this machine; see portal.home.proxies
    )
    Server(config).run(sockets=[listening])


def worker(line: socket.socket) -> None:
    import psutil
    from celery.signals import worker_ready, worker_shutdown, worker_shutting_down
    from celery.worker import state

    from portal.celery import app

    def ready(**kwargs: Any) -> None:
        line.send(READY)

    def idle(**kwargs: Any) -> None:
        if not state.reserved_requests:
            done()

    def done(**kwargs: Any) -> None:
        """What is left to do is to wait, seconds long, for threads and processes that do nothing.

        But for one: it may have tasks to give back.
        """
        left = psutil.Process().children(recursive=True)
        for process in left:
            process.terminate()
        psutil.wait_procs(left, timeout=GRACE)
        os._exit(0)

    worker_ready.connect(ready)
    worker_shutting_down.connect(idle)
    worker_shutdown.connect(done)
    # There is no other worker to meet.
    alone = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    app.worker_main(["worker", "--concurrency", "2", "--loglevel", "WARNING", *alone])


def beat(line: socket.socket) -> None:
    from celery.signals import beat_init

    from portal.celery import app

    def ready(**kwargs: Any) -> None:
        line.send(READY)

    beat_init.connect(ready)
    app.start(["beat", "--pidfile=", "--loglevel", "WARNING"])


def command(line: socket.socket, name: str) -> None:
    """A process that an app brings (``Plugin.processes``)."""
    import django
    from django.core.management import call_command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    told: list[int] = []

    def began() -> None:
        if not told:
            told.append(line.send(READY))

    call_command(name, began=began)


if __name__ == "__main__":
    main()
