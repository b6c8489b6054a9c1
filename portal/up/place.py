"""What only one ``up`` may have at a time: the portal's folder and the port."""

import errno
import fcntl
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.embedded import Trouble
from portal.embedded.places import cannot_write


@contextmanager
def claimed(home: Path) -> Iterator[Callable[[str], object]]:
    """Hold the portal's folder by a lock; gives a function that writes the address into it. Raises Trouble."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(home / "up.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise cannot_write(home, error) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(lock, 0)
        yield lambda address: os.pwrite(lock, f"{address} (process {os.getpid()})".encode(), 0)
    except BlockingIOError:
        said = (home / "up.lock").read_text().strip()
        raise Trouble(f"The portal of {home} runs already: {said or 'it is starting'}.") from None
    finally:
        os.close(lock)


def listen(host: str, port: int) -> socket.socket:
    """Take the port. The web server gets it from here, so that it stays ours while that starts again."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        taken = socket.create_server(address[:2], family=family, backlog=256)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Trouble(
                f"Port {port} of {host} is taken. Stop what uses it, or choose another with --port."
            ) from None
        hint = (
            " Ports below 1024 need root: choose another with --port." if error.errno == errno.EACCES else ""
        )
        raise Trouble(f"The portal cannot listen on {host}, port {port}: {error.strerror}.{hint}") from error
    return taken


def address(taken: socket.socket) -> str:
    """What to type into a browser on this machine."""
    host, port = taken.getsockname()[:2]
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  (read, not listened on)
    return f"http://[{here}]:{port}/" if ":" in here else f"http://{here}:{port}/"
