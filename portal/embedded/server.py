"""The embedded server as its users see it: start it, connect by its ``url``, leave it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from portal.embedded import roles
from portal.embedded.places import ADMIN, NAME, OWNER, PLAIN, PORT, Trouble, cannot_write
from portal.embedded.postgres import Postgres, Say


class Server:
    """The server of one portal folder, for several processes at once: the first starts it, the last stops it.

    They start and stop it under a lock on ``postgres.turn``, and use it under a shared lock on ``postgres.seat``; both
    go with their process. A ``temporary`` server is for data that nobody keeps, and dies with its starter's thread.
    """

    def __init__(self, home: Path, *, temporary: bool = False) -> None:
        self.home = home
        self.postgres = Postgres(home, temporary=temporary)
        self._seat: int | None = None

    @property
    def url(self) -> str:
        """The superuser's: for making and mending the server, and for tests."""
        return self._url(ADMIN)

    @property
    def variables(self) -> dict[str, str]:
        """What a portal has in its environment that works on this server."""
        return {"DATABASE_URL": self._url(PLAIN), "DATABASE_OWNER_URL": self._url(OWNER)}

    def _url(self, role: str) -> str:
        folder = quote(str(self.postgres.sockets), safe="")
        return f"postgresql://{role}@/{NAME}?host={folder}&port={PORT}"

    def __enter__(self) -> "Server":
        return self.start()

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def running(self) -> bool:
        return self.postgres.process() is not None

    def start(self, say: Say = lambda line: None) -> "Server":
        """Make the server answer, also one that has died since. Raises :class:`Trouble`."""
        try:
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._turn():
                self.postgres.start(say)
                self._named()
                if self._seat is None:
                    self._seat = _opened(self.home / "postgres.seat")
                    fcntl.flock(self._seat, fcntl.LOCK_SH)
        except LookupError as error:
            raise Trouble(
                f"Root cannot run the database: {error}. Run the portal as another user."
            ) from error
        except OSError as error:
            raise cannot_write(self.home, error) from error
        return self

    def stop(self) -> None:
        """Leave the server, and stop it if nobody else uses it."""
        if self._seat is None:
            return
        with self._turn():
            try:
                fcntl.flock(self._seat, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass  # somebody else is using it, and will stop it
            else:
                self.postgres.stop()
            finally:
                os.close(self._seat)
                self._seat = None

    @contextmanager
    def _turn(self) -> Iterator[None]:
        descriptor = _opened(self.home / "postgres.turn")
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _named(self) -> None:
        """Make sure that the server has the portal's roles and its database."""
        import psycopg  # late: settings import this module, and most readers of settings connect to nothing

        try:
            with psycopg.connect(self.url, dbname="postgres", autocommit=True, connect_timeout=10) as server:
                roles.make(server)
            with psycopg.connect(self.url, autocommit=True, connect_timeout=10) as database:
                roles.hand_over(database)
        except psycopg.Error as error:
            raise Trouble(f"The database runs but does not answer: {str(error).strip()}") from error


def _opened(file: Path) -> int:
    """A lock file's descriptor; never inherited, so that no child keeps the lock."""
    return os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
