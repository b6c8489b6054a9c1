"""``check --deploy`` finds a pooler that gives sessions away, and limits that it drops: a real PgBouncer."""

import os
import re
import select
import shutil
import socket
import socketserver
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from portal import env, pooling
from tests.brokers import program
from tests.documents import documents
from tests.portal.machine import NOBODY, free_port, wait_until
from tests.roles import superuser

pytestmark = pytest.mark.django_db(transaction=True)
SAID = dict(re.findall(r"ALTER ROLE portal_app SET (\w+) = '(\w+)';", documents()["portal/docs/deploy.md"]))


@contextmanager
def pgbouncer(mode: str, size: int) -> Iterator[int]:
    port, relay = free_port(), _Relay(("127.0.0.1", 0), _Passing)
    threading.Thread(target=relay.serve_forever, daemon=True).start()
    folder = Path(tempfile.mkdtemp(prefix="portal-bouncer-"))
    folder.chmod(0o755)
    users = folder / "users"
    users.write_text(f'"{settings.DATABASE_ROLE}" ""\n')
    (folder / "ini").write_text(f"""
[databases]
* = host=127.0.0.1 port={relay.server_address[1]}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {users}
pool_mode = {mode}
default_pool_size = {size}
ignore_startup_parameters = extra_float_digits,options
""")
    command = [program("pgbouncer", "/usr/sbin"), str(folder / "ini")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, user=NOBODY if os.geteuid() == 0 else None
        )
    try:
        with suppress(AssertionError):
            wait_until(lambda: _answers(port), 10)
        assert _answers(port), (folder / "log").read_text()
        yield port
    finally:
        process.terminate()
        process.wait(10)
        relay.shutdown()
        relay.server_close()
        shutil.rmtree(folder)


class _Relay(socketserver.ThreadingTCPServer):
    """PgBouncer's way to the server, which lets in nobody but us, and whom PgBouncer cannot be: it refuses root."""

    daemon_threads = True


class _Passing(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        place = connection.settings_dict
        with socket.socket(socket.AF_UNIX) as server:
            server.connect(f"{place['HOST']}/.s.PGSQL.{place['PORT'] or 5432}")
            pair = {self.request: server, server: self.request}
            while True:
                for side in select.select(list(pair), [], [])[0]:
                    if not (data := side.recv(65536)):
                        return
                    pair[side].sendall(data)


def _answers(port: int) -> bool:
    try:
        psycopg.connect(_place(port), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _place(port: int, **more: str) -> str:
    name = connection.settings_dict["NAME"]
    pairs = {"host": "127.0.0.1", "port": port, "dbname": name, "user": settings.DATABASE_ROLE, **more}
    return psycopg.conninfo.make_conninfo(**pairs)


def found(port: int | None = None) -> set[str]:
    place = settings.DATABASES["default"] | {"USER": settings.DATABASE_ROLE, "OPTIONS": {}}
    place |= {"NAME": connection.settings_dict["NAME"]}
    if port is not None:
        place |= {"HOST": "127.0.0.1", "PORT": str(port)}
    return {message.id for message in pooling.problems(env.conninfo(env.held_to(place, web=False)))}


@contextmanager
def limits_of_the_role() -> Iterator[None]:
    """As the document says to set them behind a pooler."""
    for name, value in SAID.items():
        set_for_the_role(f"SET {name} = '{value}'")
    try:
        yield
    finally:
        set_for_the_role("RESET ALL")


def set_for_the_role(what: str) -> None:
    with superuser(), connection.cursor() as cursor:
        cursor.execute(f"ALTER ROLE {settings.DATABASE_ROLE} {what}")


def test_the_document_says_the_limits_of_the_code():
    assert env.SESSION == SAID


def test_postgresql_itself_is_well():
    assert found() == set()


@pytest.mark.parametrize("size", [1, 20])
def test_transaction_mode_is_found_out(size):
    with pgbouncer("transaction", size) as port:
        assert found(port) == {"portal.W006", "portal.W007"}


def test_session_mode_is_well_but_for_the_limits_that_it_drops(monkeypatch):
    monkeypatch.setattr(pooling, "PATIENCE", 1.0)
    with pgbouncer("session", 3) as port:  # fewer sessions than the check would like
        assert found(port) == {"portal.W007"}
    with limits_of_the_role(), pgbouncer("session", 20) as port:
        assert found(port) == set()
